// The end of a CHILD_SA: who takes over, how long it still receives, and what comes after it.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/diagnosis_words.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

/// Who carries the packets when `child` goes: its replacement, or the replacement's; otherwise the newest of the same
/// policy.
ChildSa* heir_of(Core& core, const ChildSa& child) {
    const ChildSa* at = &child;
    while (at->replaced_by) {
        ChildSa* next = core.child(*at->replaced_by);
        if (next == nullptr) break;
        if (next->current()) return next;
        at = next;
    }
    ChildSa* newest = nullptr;
    for (ChildSa* other : core.children_of(child.tunnel)) {
        if (other->id != child.id && other->current() && other->policy == child.policy) newest = other;
    }
    return newest;
}

void forget(Core& core, const ChildSa& child) {
    core.emit(RetireChild{child.id});
    core.cancel(Timer::kChildRetire, child);
    core.erase_child(child);
}

/// Its time is over, and nothing replaces it.
void end_child(Core& core, IkeSa& sa, ChildSa& child, LastError error) {
    Tunnel& tunnel = *core.tunnels.find(child.tunnel);
    const auto other = [&](dataplane::ChildId id) { return id != child.id && core.child(id)->current(); };
    if (std::none_of(sa.children.begin(), sa.children.end(), other)) {
        // Only a negotiation from the ground up can tell whether there is still common ground.
        close_ike(core, sa, std::nullopt);
        return connection_lost(core, tunnel, std::move(error), Next::kAtOnce);
    }
    const std::uint32_t policy = child.policy;
    const DeleteChild task{child.spi_in.spi(), std::nullopt};
    child_rekey_failed(core, tunnel, child.id, error);
    retire_child(core, child, Farewell::kAtOnce);
    enqueue(core, sa, task);
    policy_lost(core, tunnel, policy, std::move(error), Next::kAtOnce);
}

}  // namespace

void retire_child(Core& core, ChildSa& child, Farewell farewell) {
    if (child.phase == ChildPhase::kRetiring) return;
    child.phase = ChildPhase::kRetiring;
    core.cancel(Timer::kChildRekey, child);
    core.cancel(Timer::kChildExpire, child);
    if (IkeSa* sa = core.ike_sa(child.ike)) std::erase(sa->children, child.id);
    ChildSa* heir = heir_of(core, child);
    Tunnel* tunnel = core.tunnels.find(child.tunnel);
    if (tunnel != nullptr && heir != nullptr) {
        child_rekeyed(
            core, *tunnel, child.id,
            diagnosis::subject(tunnel->options, tunnel->child(child.policy)) + ": another CHILD_SA took over.");
    }
    if (child.sending && heir != nullptr) {
        mark_sending(core, *heir);
        core.emit(ActivateChild{heir->id});
    }
    if (farewell == Farewell::kLinger && heir != nullptr)
        return core.arm(Timer::kChildRetire, child, core.options.retired_linger);
    forget(core, child);
}

void forget_children(Core& core, dataplane::TunnelId tunnel) {
    for (ChildSa* child : core.children_of(tunnel)) {
        if (child->in_use())
            retire_child(core, *child, Farewell::kAtOnce);
        else
            forget(core, *child);
    }
}

void on_child_retire_timer(Core& core, ChildSa& child) {
    forget(core, child);
}

void on_child_expire_timer(Core& core, ChildSa& child) {
    IkeSa* sa = core.ike_sa(child.ike);
    const Tunnel* tunnel = core.tunnels.find(child.tunnel);
    if (!child.current() || sa == nullptr || tunnel == nullptr) {
        // Replaced, and its Delete never came.
        if (sa != nullptr && child.phase != ChildPhase::kDeleting)
            enqueue(core, *sa, DeleteChild{child.spi_in.spi(), child.id});
        return retire_child(core, child, Farewell::kLinger);
    }
    const ChildPolicy& policy = tunnel->child(child.policy);
    end_child(core, *sa, child,
              child.used_up ? diagnosis::child_used_up(tunnel->options, policy)
                            : diagnosis::child_expired(tunnel->options, policy));
}

void on_child_lost_by_peer(Core& core, ChildSa& child) {
    IkeSa* sa = core.ike_sa(child.ike);
    const Tunnel* tunnel = core.tunnels.find(child.tunnel);
    // One that is being replaced, or was, is perhaps only late on its way.
    if (!child.current() || child.phase != ChildPhase::kInstalled || sa == nullptr || tunnel == nullptr) return;
    end_child(core, *sa, child, diagnosis::child_lost_by_peer(tunnel->options, tunnel->child(child.policy)));
}

void on_child_used_up(Core& core, ChildSa& child) {
    child.used_up = true;
    // Its replacement is on its way; if that fails, this one ends at once.
    if (child.phase != ChildPhase::kRekeying) on_child_expire_timer(core, child);
}

}  // namespace esplane::ike
