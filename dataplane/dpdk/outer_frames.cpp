#include "dataplane/dpdk/outer_frames.h"

namespace esplane::dataplane {

OuterFrames::Way OuterFrames::make(const Path& outer, Encapsulation encapsulation) const {
    const auto hop = links_.hops.to_peer(outer.local.address, outer.remote.address);
    if (!hop) return {};
    const auto mac = links_.neighbours.find(hop->port, hop->address);
    const PortSetup& port = links_.setup(hop->port);
    return {.hop = *hop,
            .exists = true,
            .has_mac = mac.has_value(),
            .frame = OuterFrame(outer, encapsulation, port.mac, mac.value_or(MacAddress{}), port.vlan)};
}

}  // namespace esplane::dataplane
