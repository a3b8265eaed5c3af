// Every deadline of the engine, as one table. Nothing else knows when it will be called again.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

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

/// One deadline for each key at most. Most are set anew long before they are due, so a deadline that is replaced or
/// cancelled stays in the heap until it comes to the top or there are too many of its kind.
class Timers {
  public:
    /// Replaces the deadline that the key had.
    void set(TimerKey key, TimePoint when);
    void cancel(TimerKey key);
    std::optional<TimePoint> next() const;
    std::size_t size() const { return when_.size(); }
    /// Takes out the earliest that is not after `now`; of several at one time the least key.
    std::optional<TimerKey> pop_due(TimePoint now);

  private:
    using Entry = std::pair<TimePoint, TimerKey>;
    struct Hash {
        std::size_t operator()(const TimerKey& key) const {
            // Owners are random SPIs, or counted.
            return (key.owner * 16 + static_cast<std::size_t>(key.timer)) * 0x9e37'79b9'7f4a'7c15U;
        }
    };

    bool is_stale(const Entry& entry) const;
    /// What is at the top afterwards is a deadline that holds.
    void tidy();

    std::unordered_map<TimerKey, TimePoint, Hash> when_;
    std::vector<Entry> heap_;
};

}  // namespace esplane::ike
