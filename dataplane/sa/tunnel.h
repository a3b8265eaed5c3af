// A tunnel as a worker sees it: its policies, on which CHILD_SA each sends now, what had to be dropped. Every worker
// knows every tunnel, since its packets may come out of any queue of a device; one has the CHILD_SAs.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/dense_memory.h"
#include "crypto/prefetch.h"
#include "dataplane/options.h"
#include "dataplane/packet/path_mtu.h"
#include "dataplane/sa/address_ranges.h"
#include "dataplane/sa/drop_reason.h"
#include "dataplane/sa/inner_sizes.h"
#include "dataplane/sa/selector_match.h"

namespace esplane::dataplane {

class ChildSa;
class TunnelState;

/// What a tunnel may carry on one CHILD_SA, and which CHILD_SA that is now (an SPD entry, RFC 4301 4.4.1).
struct alignas(kCacheLine) Policy {
    Policy(TunnelState* owner, const SelectorPair& configured, std::uint32_t number)
        : tunnel(owner), ranges(configured), selectors(&configured), index(number) {}

    /// Whether it is for a packet to the peer's side.
    bool matches_out(const InnerPacket& packet) const {
        if (ranges.are_all()) [[likely]]
            return ranges.hold(packet.source, packet.destination);
        return matches_outbound(*selectors, packet);
    }
    /// Whether it allows a packet from there.
    bool matches_in(const InnerPacket& packet) const {
        if (ranges.are_all()) [[likely]]
            return ranges.hold(packet.destination, packet.source);
        return matches_inbound(*selectors, packet);
    }

    ChildSa* sending = nullptr;  ///< null: down, packets are dropped
    TunnelState* tunnel;
    AddressRanges ranges;
    const SelectorPair* selectors;     ///< as configured
    std::uint32_t index;               ///< within its tunnel
    std::int64_t acquire_told_at = 0;  ///< worker's clock, nanoseconds; 0: never
};

/// Stays where it is made: policies are pointed to.
class TunnelState {
  public:
    /// `owner`: the worker that has its CHILD_SAs, unless that is the one which this is for.
    explicit TunnelState(TunnelPolicy chosen, std::optional<WorkerId> owner = std::nullopt)
        : policy(std::move(chosen)), elsewhere(owner), path_mtu(policy.link_mtu_bytes) {
        policies.reserve(policy.policies.size());
        for (const SelectorPair& selectors : policy.policies)
            policies.emplace_back(this, selectors, static_cast<std::uint32_t>(policies.size()));
    }
    TunnelState(const TunnelState&) = delete;
    TunnelState& operator=(const TunnelState&) = delete;

    const TunnelPolicy policy;
    const std::optional<WorkerId> elsewhere;  ///< the other worker that has it; here it never has a CHILD_SA
    std::vector<Policy, DenseAllocator<Policy>> policies;
    std::vector<ChildSa*> children;  ///< all there are now, in no order
    PathMtu path_mtu;                ///< of the outer path
    InnerSizes sizes_told;           ///< to the control thread
    DropCounters drops;
};

}  // namespace esplane::dataplane
