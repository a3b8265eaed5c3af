// TCP maximum segment size (RFC 9293 3.7.1), lowered to what fits the tunnel, for both directions.
#pragma once

#include <cstdint>

#include "dataplane/packet/inner_packet.h"

namespace esplane::dataplane {

/// Lowers the MSS option of a SYN to `most` octets and mends the checksum. `packet` is all its headers at least. Leaves
/// alone: what is no SYN, has no such option or a lower one, is not a first fragment; `most` of 0.
void lower_mss(MutableByteView packet, const InnerPacket& inner, std::uint16_t most);

}  // namespace esplane::dataplane
