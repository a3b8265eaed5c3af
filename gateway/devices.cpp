#include "gateway/devices.h"

namespace esplane::gateway {

Result<dataplane::ClearPort, std::string> Devices::acquire(const std::string& name, std::uint32_t mtu) {
    auto found = devices_.find(name);
    if (found == devices_.end()) {
        const dataplane::ClearPort port{++last_port_};
        if (auto opened = dataplane_.open_port({.port = port, .device = name}); !opened) {
            return Failure{opened.error()};
        }
        found = devices_.emplace(name, Device{.port = port}).first;
    }
    if (auto raised = make_room(name, mtu); !raised) {
        if (found->second.users == 0) close(found);
        return Failure{raised.error()};
    }
    ++found->second.users;
    return found->second.port;
}

Result<void, std::string> Devices::make_room(const std::string& name, std::uint32_t mtu) {
    Device& device = devices_.at(name);
    if (mtu <= device.mtu) return {};
    if (auto up = routing_.device_up(name, mtu); !up) return up;
    device.mtu = mtu;
    return {};
}

void Devices::release(const std::string& name) {
    const auto found = devices_.find(name);
    if (found == devices_.end() || --found->second.users > 0) return;
    close(found);
}

void Devices::close(std::map<std::string, Device>::iterator device) {
    routing_.device_down(device->first);
    dataplane_.close_port(device->second.port);
    devices_.erase(device);
}

}  // namespace esplane::gateway
