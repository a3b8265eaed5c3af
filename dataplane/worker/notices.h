// What a worker tells the control thread about packets that it forwards: at most so often, or once.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include "dataplane/packet/descriptor.h"
#include "dataplane/packet/token_bucket.h"
#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/tunnel.h"
#include "dataplane/worker/mailbox.h"

namespace esplane::dataplane {

class Notices {
  public:
    explicit Notices(Outbox<Event>& events) : events_(events) {}

    /// A packet wants a policy that has nothing to send on. `now` as everywhere here: worker's clock, nanoseconds.
    void wanted(Policy& policy, std::int64_t now) {
        const TunnelPolicy& tunnel = policy.tunnel->policy;
        if (!tunnel.acquire) return;
        if (policy.acquire_told_at != 0 && now - policy.acquire_told_at < kAgainAfter) return;
        if (events_.offer(Acquire{tunnel.id, policy.index})) policy.acquire_told_at = now;
    }

    /// After the CHILD_SA has carried something more. Each direction looks at what is its own only.
    void sent(ChildSa& child) {
        if (child.out.sequence.is_running_out() || child.out.volume.is_due()) [[unlikely]]
            tell_limits(child);
    }
    void received(ChildSa& child) {
        if (child.in.volume.is_due()) [[unlikely]]
            tell_limits(child);
    }

    /// An authentic packet, not replayed, that may have come from elsewhere: the control thread decides what that
    /// means.
    void came_from(ChildSa& child, const Received& received, std::int64_t now) {
        const OuterPath& outer = child.out.outer;
        if (received.encapsulation != outer.encapsulation || received.outer.remote == outer.path.remote) return;
        if (now - child.in.move_told_at < kAgainAfter) return;
        if (events_.offer(PeerMoved{child.id, received.outer})) child.in.move_told_at = now;
    }

    /// ESP that waited for its SA in vain. Its octets begin with the SPI.
    void unknown_spi(const Received& received, TimePoint now) {
        if (!unknown_allowance_.take(now)) return;
        events_.offer(UnknownSpi{received.outer, Spi{load_be<std::uint32_t>(received.octets.data())}});
    }

    /// A router's report about none of this worker's SAs. The kernel gives one about UDP to any socket of the port,
    /// whichever worker's; one about raw ESP to all of them.
    void foreign(const TooBigReport& report, TimePoint now) {
        if (report.encapsulation != Encapsulation::kUdp || !report.spi) return;
        if (foreign_allowance_.take(now)) events_.offer(ForeignReport{report});
    }

  private:
    void tell_limits(ChildSa& child) {
        OutboundSa& out = child.out;
        if (!std::exchange(out.soft_limit_told, true)) events_.post(SoftLimit{child.id});
        if (!out.volume.is_used_up() && !child.in.volume.is_used_up()) return;
        if (!std::exchange(out.hard_limit_told, true)) events_.post(HardLimit{child.id});
    }

    static constexpr std::int64_t kAgainAfter = 1'000'000'000;
    // Anyone may send reports about anything.
    static constexpr std::uint32_t kForeignAtOnce = 64;
    static constexpr std::chrono::milliseconds kForeignInterval{5};

    // And ESP of any SPI.
    static constexpr std::uint32_t kUnknownAtOnce = 4;
    static constexpr std::chrono::milliseconds kUnknownInterval{250};

    Outbox<Event>& events_;
    TokenBucket foreign_allowance_{kForeignAtOnce, kForeignInterval};
    TokenBucket unknown_allowance_{kUnknownAtOnce, kUnknownInterval};
};

}  // namespace esplane::dataplane
