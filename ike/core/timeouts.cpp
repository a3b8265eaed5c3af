// What each deadline leads to.

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

void on_ike_expire_timer(Core& core, IkeSa& sa) {
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>()) return core.discard(sa);
    close_ike(core, sa, std::nullopt);
    connection_lost(core, *tunnel, diagnosis::ike_expired(tunnel->options), Next::kAtOnce);
}

void on_ike_timer(Core& core, IkeSa& sa, Timer timer) {
    switch (timer) {
        case Timer::kRetransmit:
            return on_retransmit_timer(core, sa);
        case Timer::kDiscard:
            return finish_deletion(core, sa);
        case Timer::kIkeRekey:
            return enqueue(core, sa, RekeyIke{});
        case Timer::kIkeExpire:
            return on_ike_expire_timer(core, sa);
        case Timer::kReauthenticate:
            return on_reauthenticate_timer(core, sa);
        case Timer::kLiveness:
            return on_liveness_timer(core, sa);
        case Timer::kKeepalive:
            return on_keepalive_timer(core, sa);
        default:
            return;
    }
}

void on_child_timer(Core& core, ChildSa& child, Timer timer) {
    IkeSa* sa = core.ike_sa(child.ike);
    if (timer == Timer::kChildExpire) return on_child_expire_timer(core, child);
    if (timer == Timer::kChildRetire) return on_child_retire_timer(core, child);
    if (timer == Timer::kChildRekey && sa != nullptr) enqueue(core, *sa, RekeyChild{child.id});
}

void on_timer(Core& core, TimerKey key) {
    if (key.timer == Timer::kTunnelRetry) {
        Tunnel* tunnel = core.tunnels.find(dataplane::TunnelId{static_cast<std::uint32_t>(key.owner)});
        if (tunnel != nullptr) bring_up(core, *tunnel);
        return;
    }
    if (key.timer == Timer::kPolicyRetry) {
        Tunnel* tunnel = core.tunnels.find(dataplane::TunnelId{static_cast<std::uint32_t>(key.owner >> 32)});
        if (tunnel != nullptr) bring_up(core, *tunnel);
        return;
    }
    if (key.timer >= Timer::kChildRekey) {
        ChildSa* child = core.child(dataplane::ChildId{key.owner});
        if (child != nullptr) on_child_timer(core, *child, key.timer);
        return;
    }
    IkeSa* sa = core.ike_sa(IkeSpi{key.owner});
    if (sa != nullptr) on_ike_timer(core, *sa, key.timer);
}

}  // namespace

void on_timeouts(Core& core) {
    while (const auto key = core.timers.pop_due(core.now))
        on_timer(core, *key);
}

}  // namespace esplane::ike
