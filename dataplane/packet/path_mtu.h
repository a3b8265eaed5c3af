// The MTU of the path that a tunnel's outer packets take (RFC 1191, RFC 8201). Anyone on the Internet may report one,
// so a report does little: it only ever lowers, never below what every path carries, and wears off.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "dataplane/packet/address.h"
#include "dataplane/packet/time_point.h"

namespace esplane::dataplane {

inline constexpr std::uint32_t kLeastPathMtuIpv4 = 576;   // what every host accepts (RFC 791 3.1)
inline constexpr std::uint32_t kLeastPathMtuIpv6 = 1280;  // what every link carries (RFC 8200 5)

class PathMtu {
  public:
    /// RFC 1191 6.3, RFC 8201 4: a larger one is tried again ten minutes after the last decrease.
    static constexpr std::chrono::minutes kAge{10};

    explicit PathMtu(std::uint32_t link_mtu_bytes) : link_(link_mtu_bytes), lowered_(link_) {}

    std::uint32_t bytes() const { return is_lowered() ? std::min(lowered_, link_) : link_; }
    bool is_lowered() const { return lowered_at_.has_value(); }

    /// Takes a report that quotes a packet of a live SA: that is for the caller to see. `outer` is the packet's family.
    /// True if bytes() is less than before.
    bool lower(std::uint32_t reported_bytes, Family outer, TimePoint now);

    /// The outer link has another MTU, or the route leads over another link.
    void set_link(std::uint32_t link_mtu_bytes) { link_ = link_mtu_bytes; }

    /// When what was reported wears off; empty when there is nothing.
    std::optional<TimePoint> expires() const {
        if (!lowered_at_) return std::nullopt;
        return *lowered_at_ + kAge;
    }
    /// Forgets what has worn off by now. True if bytes() is more than before.
    bool wear_off(TimePoint now);

  private:
    std::uint32_t link_;
    std::uint32_t lowered_;
    std::optional<TimePoint> lowered_at_;
};

}  // namespace esplane::dataplane
