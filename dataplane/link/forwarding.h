// What a router does to a packet that it passes on.
#pragma once

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {

/// Counts the hop limit of a whole IP packet down (RFC 1812 5.3.1, RFC 8200 3). False, and nothing is changed, when
/// there is none left for the next hop.
inline bool count_hop(MutableByteView packet) {
    if (packet[0] >> 4 == 6) {
        if (packet[7] <= 1) return false;
        --packet[7];
        return true;
    }
    if (packet[8] <= 1) return false;
    const auto before = load_be<std::uint16_t>(&packet[8]);
    const auto after = static_cast<std::uint16_t>(before - 0x0100);
    store_be(&packet[8], after);
    store_be(&packet[10], checksum_update(load_be<std::uint16_t>(&packet[10]), before, after));
    return true;
}

}  // namespace esplane::dataplane
