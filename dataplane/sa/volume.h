// How much of its allowance one direction of a CHILD_SA has used up (RFC 4301 4.4.2.1).
#pragma once

#include <cstdint>
#include <limits>

#include "dataplane/sa/child_options.h"
#include "dataplane/sa/counter.h"

namespace esplane::dataplane {

/// Counts what one direction carries, for whoever reads it from another thread, and holds it to the limits.
class Volume {
  public:
    explicit Volume(const VolumeLimits& limits)
        : limits_{.soft_packets = or_none(limits.soft_packets),
                  .hard_packets = or_none(limits.hard_packets),
                  .soft_bytes = or_none(limits.soft_bytes),
                  .hard_bytes = or_none(limits.hard_bytes)} {}

    /// A rekey is due.
    bool is_due() const { return packets.read() >= limits_.soft_packets || bytes.read() >= limits_.soft_bytes; }
    /// Not one packet more.
    bool is_used_up() const { return packets.read() >= limits_.hard_packets || bytes.read() >= limits_.hard_bytes; }

    Counter packets;
    Counter bytes;  ///< of inner packets

  private:
    static std::uint64_t or_none(std::uint64_t limit) {
        return limit == 0 ? std::numeric_limits<std::uint64_t>::max() : limit;
    }
    VolumeLimits limits_;
};

}  // namespace esplane::dataplane
