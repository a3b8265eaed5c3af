// Every deadline of the engine, as one table. Nothing else knows when it will be called again.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "ike/core/actions.h"

namespace esplane::ike {

enum class Timer : std::uint8_t {
    // of an IKE SA; the owner is its local SPI
    kRetransmit,      ///< the request in flight has not been answered
    kDiscard,         ///< half-open for too long, or kept only to repeat an answer
    kIkeRekey,        ///< soft lifetime
    kIkeExpire,       ///< hard lifetime
    kLiveness,        ///< time to look whether the peer still sends
    kReauthenticate,  ///< its authentication is about to end
    kKeepalive,       ///< keeps the mapping of the NAT in front of us open
    // of a CHILD_SA; the owner is its ChildId
    kChildRekey,
    kChildExpire,
    kChildRetire,  ///< the inbound half has lingered long enough
    // of a tunnel; the owner is its TunnelId
    kTunnelRetry,
    // of a policy of a tunnel; the owner is the TunnelId in the upper half and the policy's number in the lower
    kPolicyRetry,
};

struct TimerKey {
    Timer timer;
    std::uint64_t owner;
    friend auto operator<=>(const TimerKey&, const TimerKey&) = default;
};

/// One deadline for each key at most.
class Timers {
  public:
    /// Replaces the deadline that the key had.
    void set(TimerKey key, TimePoint when);
    void cancel(TimerKey key);
    std::optional<TimePoint> next() const;
    std::size_t size() const { return when_.size(); }
    /// Takes out the earliest that is not after `now`.
    std::optional<TimerKey> pop_due(TimePoint now);

  private:
    std::map<TimerKey, TimePoint> when_;
    std::set<std::pair<TimePoint, TimerKey>> order_;
};

}  // namespace esplane::ike
