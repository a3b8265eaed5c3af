// The TUN devices that the tunnels ask for: opened for the first tunnel, closed after the last.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "crypto/result.h"
#include "dataplane/dataplane.h"
#include "gateway/net/routing.h"

namespace esplane::gateway {

class Devices {
  public:
    /// Both must outlive this.
    Devices(dataplane::Dataplane& dataplane, Routing& routing) : dataplane_(dataplane), routing_(routing) {}

    /// Counts one more user; opens the device and takes it up if need be, and raises its MTU to this tunnel's. A tunnel
    /// with a smaller one has it on its routes.
    Result<dataplane::ClearPort, std::string> acquire(const std::string& device, std::uint32_t mtu);
    /// Raises the MTU of a device in use to this, if it is smaller.
    Result<void, std::string> make_room(const std::string& device, std::uint32_t mtu);
    /// One user less. The kernel drops the routes into a device with it.
    void release(const std::string& device);

  private:
    struct Device {
        dataplane::ClearPort port{};
        std::uint32_t mtu = 0;
        int users = 0;
    };
    void close(std::map<std::string, Device>::iterator device);

    dataplane::Dataplane& dataplane_;
    Routing& routing_;
    std::map<std::string, Device> devices_;
    std::uint16_t last_port_ = 0;
};

}  // namespace esplane::gateway
