// What we want of a tunnel as a whole: an IKE SA, and what comes after success, failure and loss of it.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

constexpr std::chrono::milliseconds kLongestRetry{60'000};

TimerKey retry_key(const Tunnel& tunnel) {
    return {Timer::kTunnelRetry, dataplane::to_number(tunnel.id())};
}

void schedule_retry(Core& core, Tunnel& tunnel) {
    tunnel.not_before = core.now + retry_wait(core, tunnel.failures);
    if (tunnel.keep_up && !tunnel.down) core.timers.set(retry_key(tunnel), *tunnel.not_before);
}

bool has_ike(Core& core, const Tunnel& tunnel, bool (*in_state)(const IkeSa&)) {
    return std::any_of(tunnel.ike_sas.begin(), tunnel.ike_sas.end(),
                       [&](IkeSpi spi) { return in_state(*core.ike_sa(spi)); });
}

/// What follows a loss, by configuration. With the IKE SA all policies have lost their CHILD_SA.
void come_back(Core& core, Tunnel& tunnel, Next next) {
    // RFC 5685 4: where we were sent is where we are no longer.
    tunnel.redirections.to.reset();
    const DpdAction action = tunnel.options.dpd.action;
    const bool by_dpd = next == Next::kByDpdAction;
    const bool on_demand = tunnel.options.start == StartMode::kOnDemand;
    // `start: listen` never starts by itself, not even again.
    const bool may_start = tunnel.options.remote_address && tunnel.options.start != StartMode::kListen;
    const bool restarts = by_dpd && action == DpdAction::kRestart && may_start;
    for (PolicyState& state : tunnel.policies) {
        state.wanted = by_dpd ? restarts && (tunnel.keep_up || state.served) : tunnel.keep_up;
        state.trapped = by_dpd && !restarts ? action == DpdAction::kTrap : on_demand && !state.wanted;
        state.served = false;
        state.not_before.reset();
    }
    if (restarts || (next == Next::kAtOnce && tunnel.keep_up)) {
        tunnel.not_before.reset();
        return bring_up(core, tunnel);
    }
    if (!by_dpd) schedule_retry(core, tunnel);
}

}  // namespace

bool connects(Core& core, const Tunnel& tunnel) {
    return has_ike(core, tunnel, [](const IkeSa& sa) { return sa.is<Connecting>(); });
}

std::chrono::milliseconds retry_wait(Core& core, std::uint32_t failures) {
    const std::uint32_t doublings = std::min(failures > 0 ? failures - 1 : 0, 6U);
    const auto longest = std::max(kLongestRetry, core.options.retry_interval);
    const auto wait = std::min(core.options.retry_interval * (1U << doublings), longest);
    return wait + core.jitter(wait / 4);
}

void bring_up(Core& core, Tunnel& tunnel) {
    if (tunnel.down || core.shutting_down) return;
    const auto missing = next_missing(core, tunnel);
    if (!missing) return;
    for (const IkeSpi spi : tunnel.ike_sas) {
        IkeSa* sa = core.ike_sa(spi);
        if (sa->is<Connecting>()) return;
        if (!sa->is<Established>()) continue;
        const auto* under_way = sa->out.in_flight_as<ChildExchange>();
        // The end of that one brings us here again.
        if (under_way == nullptr || under_way->replaces) enqueue(core, *sa, CreateChild{*missing});
        return;
    }
    if (tunnel.not_before && core.now < *tunnel.not_before) return;
    if (!tunnel.options.remote_address) return attempt_failed(core, tunnel, diagnosis::no_peer_address(tunnel.options));
    if (tunnel.options.eap_authenticator) return attempt_failed(core, tunnel, diagnosis::only_answers(tunnel.options));
    start_init(core, tunnel);
}

void fill_up(Core& core, Tunnel& tunnel, const IkeSa& sa) {
    if (!next_missing(core, tunnel)) return;
    if (sa.initiator) return bring_up(core, tunnel);
    core.timers.set(retry_key(tunnel), core.now + rekey_back_off(core, Again::kSoon));
}

void note_error(Core& core, Tunnel& tunnel, LastError error, Severity severity) {
    core.report(severity, &tunnel, error.code, error.message);
    tunnel.last_error = std::move(error);
}

void note_stranger_error(Core& core, Tunnel& tunnel, LastError error, bool said) {
    if (said) return note_error(core, tunnel, std::move(error));
    tunnel.last_error = std::move(error);
}

void attempt_failed(Core& core, Tunnel& tunnel, LastError error) {
    ++tunnel.failures;
    tunnel.redirections.to.reset();
    schedule_retry(core, tunnel);
    for (PolicyState& state : tunnel.policies) {
        state.wanted = state.wanted && tunnel.keep_up;
        if (tunnel.options.start == StartMode::kOnDemand) state.trapped = true;
    }
    answer_waiters(core, tunnel, Waiter::For::kUp, false, error.code, error.message);
    rekeys_failed(core, tunnel, error);
    note_error(core, tunnel, std::move(error));
    answer_down_waiters(core, tunnel);
}

void connection_lost(Core& core, Tunnel& tunnel, LastError error, Next next) {
    rekeys_failed(core, tunnel, error);
    const bool connecting = connects(core, tunnel);
    if (!connecting) answer_waiters(core, tunnel, Waiter::For::kUp, false, error.code, error.message);
    note_error(core, tunnel, std::move(error), Severity::kWarning);
    answer_down_waiters(core, tunnel);
    if (tunnel.down || core.shutting_down || connecting) return;
    if (has_ike(core, tunnel, [](const IkeSa& sa) { return sa.is<Established>(); })) return bring_up(core, tunnel);
    come_back(core, tunnel, next);
}

void tunnel_works(Core& core, Tunnel& tunnel) {
    tunnel.failures = 0;
    tunnel.not_before.reset();
    tunnel.last_error.reset();
    for (PolicyState& state : tunnel.policies)
        state.wanted = state.wanted || tunnel.keep_up;
    core.timers.cancel(retry_key(tunnel));
}

}  // namespace esplane::ike
