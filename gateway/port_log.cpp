#include "gateway/port_log.h"

#include "gateway/log.h"
#include "gateway/status/units.h"

namespace esplane::gateway {
namespace {

/// Where there is a choice.
std::string steering(const dataplane::PortStatus& port) {
    switch (port.steering) {
        case dataplane::Steering::kOneWorker:
            return "";
        case dataplane::Steering::kRules:
            return ", ESP steered to its worker by rte_flow";
        case dataplane::Steering::kSpread:
            return ", packets spread over them by RSS";
        case dataplane::Steering::kHandoff:
            return ", packets spread over them by the driver";
    }
    return "";
}

std::string introduction(const dataplane::PortStatus& port) {
    return "port " + port.name + ": " + port.device + " (" + port.driver + "), " + port.mac + ", MTU " +
           std::to_string(port.mtu_bytes) + ", " + count_text(port.queues, "queue") + steering(port);
}

}  // namespace

void PortLog::look(const std::vector<dataplane::PortStatus>& ports, TimePoint now) {
    for (const dataplane::PortStatus& port : ports) {
        look_at_link(port);
        look_at_claims(port, now);
    }
}

void PortLog::look_at_link(const dataplane::PortStatus& port) {
    const auto [known, is_new] = up_.try_emplace(port.name, true);
    if (is_new) log_info(introduction(port));
    if (known->second == port.up) return;
    known->second = port.up;
    if (port.up) {
        log_info("port " + port.name + ": the link is up again");
    } else {
        log_warning("port " + port.name +
                    ": the link is down; nothing goes in or out there until it is up: look at the cable, and at "
                    "the other end");
    }
}

void PortLog::look_at_claims(const dataplane::PortStatus& port, TimePoint now) {
    for (const dataplane::AddressClaim& claim : port.claims) {
        const auto [told, is_new] = claims_.try_emplace({port.name, claim.address});
        if (told->second.count == claim.count || (!is_new && now - told->second.at < kBetweenClaims)) continue;
        told->second = {claim.count, now};
        log_warning("port " + port.name + ": another station on the link, " + claim.mac + ", claims its address " +
                    claim.address +
                    ": packets for the gateway may go there. Give one of the two another address (ours is in "
                    "dpdk.ports), or unplug the other");
    }
}

}  // namespace esplane::gateway
