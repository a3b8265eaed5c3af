#include "dataplane/tun_devices.h"

#include <algorithm>

#include "dataplane/io/tun.h"

namespace esplane::dataplane {

Result<void, std::string> TunDevices::open(const ClearPortOptions& port) {
    auto device = open_tun(port.device, workers_);
    if (!device) return Failure{device.error()};
    for (std::size_t i = 0; i < workers_; ++i)
        submit_(worker_id(i), OpenPort{port.port, device->queues[i].get(), device->offload});
    devices_[port.port] = std::move(device->queues);
    return {};
}

void TunDevices::close(ClearPort port) {
    auto device = devices_.extract(port);
    if (device.empty()) return;
    const auto closing = closing_.insert(std::move(device)).position;
    for (std::size_t i = 0; i < workers_; ++i)
        submit_(worker_id(i), ClosePort{port, closing->second[i].get()});
}

void TunDevices::let_go(WorkerId worker, ClearPort port) {
    const auto closing = closing_.find(port);
    if (closing == closing_.end()) return;
    Queues& queues = closing->second;
    queues[to_number(worker)] = {};
    if (std::none_of(queues.begin(), queues.end(), [](const FileDescriptor& fd) { return fd.is_open(); }))
        closing_.erase(closing);
}

}  // namespace esplane::dataplane
