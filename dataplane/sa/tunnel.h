// A tunnel as a worker sees it: its policies, on which CHILD_SA each sends now, what had to be dropped. Every worker
// knows every tunnel, since its packets may come out of any queue of a device; one has the CHILD_SAs.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "dataplane/options.h"
#include "dataplane/packet/path_mtu.h"
#include "dataplane/sa/drop_reason.h"
#include "dataplane/sa/inner_sizes.h"

namespace esplane::dataplane {

class ChildSa;
class TunnelState;

/// What a tunnel may carry on one CHILD_SA, and which CHILD_SA that is now (an SPD entry, RFC 4301 4.4.1).
struct Policy {
    TunnelState* tunnel = nullptr;
    const SelectorPair* selectors = nullptr;  ///< as configured
    std::uint32_t index = 0;                  ///< within its tunnel
    ChildSa* sending = nullptr;               ///< null: down, packets are dropped
    std::int64_t acquire_told_at = 0;         ///< worker's clock, nanoseconds; 0: never
};

/// Stays where it is made: policies are pointed to.
class TunnelState {
  public:
    /// `owner`: the worker that has its CHILD_SAs, unless that is the one which this is for.
    explicit TunnelState(TunnelPolicy chosen, std::optional<WorkerId> owner = std::nullopt)
        : policy(std::move(chosen)), elsewhere(owner), path_mtu(policy.link_mtu_bytes) {
        for (const SelectorPair& selectors : policy.policies) {
            policies.push_back(
                {.tunnel = this, .selectors = &selectors, .index = static_cast<std::uint32_t>(policies.size())});
        }
    }
    TunnelState(const TunnelState&) = delete;
    TunnelState& operator=(const TunnelState&) = delete;

    const TunnelPolicy policy;
    const std::optional<WorkerId> elsewhere;  ///< the other worker that has it; here it never has a CHILD_SA
    std::vector<Policy> policies;
    std::vector<ChildSa*> children;  ///< all there are now, in no order
    PathMtu path_mtu;                ///< of the outer path
    InnerSizes sizes_told;           ///< to the control thread
    DropCounters drops;
};

}  // namespace esplane::dataplane
