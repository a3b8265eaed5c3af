#include "gateway/port_log.h"

#include "gateway/log.h"
#include "gateway/status/units.h"

namespace esplane::gateway {
namespace {

std::string introduction(const dataplane::PortStatus& port) {
    return "port " + port.name + ": " + port.device + " (" + port.driver + "), " + port.mac + ", MTU " +
           std::to_string(port.mtu_bytes) + ", " + count_text(port.queues, "queue");
}

}  // namespace

void PortLog::look(const std::vector<dataplane::PortStatus>& ports) {
    for (const dataplane::PortStatus& port : ports) {
        const auto [known, is_new] = up_.try_emplace(port.name, true);
        if (is_new) log_info(introduction(port));
        if (known->second == port.up) continue;
        known->second = port.up;
        if (port.up) {
            log_info("port " + port.name + ": the link is up again");
        } else {
            log_warning("port " + port.name +
                        ": the link is down; nothing goes in or out there until it is up: look at the cable, and at "
                        "the other end");
        }
    }
}

}  // namespace esplane::gateway
