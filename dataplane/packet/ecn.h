// Congestion marks across a tunnel (RFC 6040), normal mode: what the outer header carries in, what the inner one takes
// out.
#pragma once

#include <cstdint>

#include "dataplane/packet/traffic_class.h"

namespace esplane::dataplane {

/// Codepoints of RFC 3168 5.
enum class Ecn : std::uint8_t { kNotEct = 0, kEct1 = 1, kEct0 = 2, kCe = 3 };

constexpr Ecn ecn_of(std::uint8_t traffic_class) {
    return static_cast<Ecn>(traffic_class & 3);
}

constexpr std::uint8_t with_ecn(std::uint8_t traffic_class, Ecn ecn) {
    return static_cast<std::uint8_t>((traffic_class & 0xfc) | static_cast<std::uint8_t>(ecn));
}

/// RFC 6040 4.1, normal mode: the outer field is the inner one's copy. Right only towards an egress that decapsulates
/// by RFC 6040, 4301 or 3168's full functionality, which IKEv2 promises (RFC 4301 5.1.2.1, RFC 7296 2.24).
constexpr Ecn encapsulate_ecn(Ecn inner) {
    return inner;
}

struct EcnOutcome {
    Ecn inner;  ///< what the inner header goes on with
    bool drop;  ///< a transport that knows no ECN would miss the congestion: only a loss tells it
};

/// RFC 6040 4.2, figure 4.
constexpr EcnOutcome decapsulate_ecn(Ecn inner, Ecn outer) {
    if (inner == Ecn::kNotEct) return {inner, outer == Ecn::kCe};
    const bool told_more = inner != Ecn::kCe && (outer == Ecn::kCe || outer == Ecn::kEct1);
    return {told_more ? outer : inner, false};
}

/// Carries the outer mark over into the inner packet, whose header parse_inner() has accepted. On a drop the packet is
/// as it was.
inline EcnOutcome decapsulate_ecn(MutableByteView inner_packet, Ecn outer) {
    const std::uint8_t before = traffic_class(inner_packet);
    const EcnOutcome outcome = decapsulate_ecn(ecn_of(before), outer);
    set_traffic_class(inner_packet, with_ecn(before, outcome.inner));
    return outcome;
}

}  // namespace esplane::dataplane
