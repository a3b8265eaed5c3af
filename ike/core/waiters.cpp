// Commands whose outcome comes later.

#include <algorithm>

#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

/// Answers those waiters for which `settled` holds, and lets go of them.
template <typename Settled>
void answer_if(Core& core, Tunnel& tunnel, Settled&& settled, bool ok, const std::string& code,
               const std::string& message) {
    for (const Waiter& waiter : tunnel.waiters) {
        if (settled(waiter)) core.emit(CommandDone{waiter.id, ok, code, message});
    }
    std::erase_if(tunnel.waiters, settled);
}

bool waits_for_child(const Waiter& waiter, dataplane::ChildId child) {
    return waiter.what == Waiter::For::kRekeyChild &&
           std::find(waiter.children.begin(), waiter.children.end(), child) != waiter.children.end();
}

}  // namespace

void answer_waiters(Core& core, Tunnel& tunnel, Waiter::For what, bool ok, const std::string& code,
                    const std::string& message) {
    answer_if(
        core, tunnel, [&](const Waiter& waiter) { return waiter.what == what; }, ok, code, message);
}

void answer_down_waiters(Core& core, Tunnel& tunnel) {
    const auto asks = [](const Waiter& waiter) { return waiter.what == Waiter::For::kDown; };
    if (std::none_of(tunnel.waiters.begin(), tunnel.waiters.end(), asks)) return;
    for (const auto& [spi, sa] : core.ike_sas) {
        if (sa->tunnel == tunnel.id() && !sa->is<Closed>()) return;
    }
    answer_waiters(core, tunnel, Waiter::For::kDown, true, "down", "Tunnel " + tunnel.name() + " is down.");
}

void child_rekeyed(Core& core, Tunnel& tunnel, dataplane::ChildId old, const std::string& message) {
    for (Waiter& waiter : tunnel.waiters) {
        if (!waits_for_child(waiter, old)) continue;
        std::erase(waiter.children, old);
        if (!waiter.children.empty()) continue;
        const std::string all =
            "Tunnel " + tunnel.name() + ": all " + std::to_string(waiter.asked_for) + " CHILD_SAs are rekeyed.";
        core.emit(CommandDone{waiter.id, true, "rekeyed_child", waiter.asked_for > 1 ? all : message});
    }
    std::erase_if(tunnel.waiters, [](const Waiter& waiter) {
        return waiter.what == Waiter::For::kRekeyChild && waiter.children.empty();
    });
}

void child_rekey_failed(Core& core, Tunnel& tunnel, dataplane::ChildId old, const LastError& error) {
    answer_if(
        core, tunnel, [&](const Waiter& waiter) { return waits_for_child(waiter, old); }, false, error.code,
        error.message);
}

void rekeys_failed(Core& core, Tunnel& tunnel, const LastError& error) {
    for (const auto what : {Waiter::For::kRekeyChild, Waiter::For::kRekeyIke})
        answer_waiters(core, tunnel, what, false, error.code, error.message);
}

}  // namespace esplane::ike
