// What the outer IP header says about the packet inside, and what not (RFC 4301 5.1.2.1, RFC 2983 4).
#pragma once

#include <cstdint>

#include "dataplane/packet/ecn.h"

namespace esplane::dataplane {

/// The outer TTL or hop limit is a fixed one: the tunnel is one hop of the inner packet, which the host's forwarding
/// counts.
inline constexpr std::uint8_t kOuterHopLimit = 64;

/// The outer DSCP: the inner packet's copy, which tells the path about the traffic inside; or one value for all.
class DscpPolicy {
  public:
    static constexpr DscpPolicy copy() { return DscpPolicy(0xfc, 0); }
    /// `dscp` has six bits.
    static constexpr DscpPolicy fixed(std::uint8_t dscp) {
        return DscpPolicy(0, static_cast<std::uint8_t>((dscp & 0x3f) << 2));
    }
    static constexpr DscpPolicy zero() { return fixed(0); }

    /// The whole octet of the outer header, its ECN field by RFC 6040.
    constexpr std::uint8_t outer_traffic_class(std::uint8_t inner) const {
        return with_ecn(static_cast<std::uint8_t>((inner & copied_) | value_), encapsulate_ecn(ecn_of(inner)));
    }
    friend constexpr bool operator==(DscpPolicy, DscpPolicy) = default;

  private:
    constexpr DscpPolicy(std::uint8_t copied, std::uint8_t value) : copied_(copied), value_(value) {}

    std::uint8_t copied_;  // bits taken from the inner octet: no branch a packet
    std::uint8_t value_;
};

}  // namespace esplane::dataplane
