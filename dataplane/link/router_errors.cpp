#include "dataplane/link/router_errors.h"

#include "dataplane/link/hosts.h"

namespace esplane::dataplane {
namespace {

/// The port's address that the sender, or else the destination, has on its link; else any of the family, null when
/// there is none.
const PortAddress* speaker_of(const PortSetup& port, const InnerPacket& packet) {
    const PortAddress* best = nullptr;
    int best_rank = 0;
    for (const PortAddress& own : port.addresses) {
        if (own.address.family() != packet.source.family()) continue;
        const int rank = is_near(own, packet.source) ? 3 : is_near(own, packet.destination) ? 2 : 1;
        if (rank > best_rank) {
            best = &own;
            best_rank = rank;
        }
    }
    return best;
}

}  // namespace

RouterErrors::RouterErrors(const std::vector<PortSetup>& ports) {
    for (const PortSetup& port : ports)
        own_.insert(own_.end(), port.addresses.begin(), port.addresses.end());
}

const PortAddress* RouterErrors::speaker_about(const InnerPacket& packet, const PortSetup& port) const {
    if (!is_another_host(packet.source, own_) || is_directed_broadcast(packet.destination, own_)) return nullptr;
    return speaker_of(port, packet);
}

MutableByteView RouterErrors::time_exceeded(MutableByteView packet, const PortSetup& port, TimePoint now) {
    const auto inner = parse_inner(packet);
    if (!inner || !may_say_time_exceeded(*inner, packet)) return {};
    const PortAddress* const from = speaker_about(*inner, port);
    if (from == nullptr || !allowance_.take(now)) return {};
    return make_time_exceeded(*inner, packet, from->address);
}

MutableByteView RouterErrors::too_big(MutableByteView packet, const PortSetup& port, TimePoint now) {
    const auto inner = parse_inner(packet);
    if (!inner || !may_answer_with_error(*inner, packet)) return {};
    const PortAddress* const from = speaker_about(*inner, port);
    if (from == nullptr || !allowance_.take(now)) return {};
    return make_too_big(*inner, packet, from->address, port.mtu_bytes);
}

}  // namespace esplane::dataplane
