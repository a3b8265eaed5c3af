// What we want of a tunnel, and what comes after success, failure and loss.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

constexpr std::chrono::milliseconds kLongestRetry{60'000};

TimerKey retry_key(const Tunnel& tunnel) {
    return {Timer::kTunnelRetry, dataplane::to_number(tunnel.id())};
}

/// After the first failure the interval, then twice as long each time, up to a minute; a quarter more by chance, so
/// that many tunnels to one peer do not come at once.
void schedule_retry(Core& core, Tunnel& tunnel) {
    const std::uint32_t doublings = std::min(tunnel.failures > 0 ? tunnel.failures - 1 : 0, 6U);
    const auto longest = std::max(kLongestRetry, core.options.retry_interval);
    const auto wait = std::min(core.options.retry_interval * (1U << doublings), longest);
    tunnel.not_before = core.now + wait + core.jitter(wait / 4);
    if (tunnel.keep_up && !tunnel.down) core.timers.set(retry_key(tunnel), *tunnel.not_before);
}

/// What follows a loss, by configuration.
void come_back(Core& core, Tunnel& tunnel, Next next) {
    if (next == Next::kByDpdAction) {
        const DpdAction action = tunnel.options.dpd.action;
        tunnel.trapped = action == DpdAction::kTrap;
        // `start: listen` never starts by itself, not even again.
        const bool may_start = tunnel.options.remote_address && tunnel.options.start != StartMode::kListen;
        if (action == DpdAction::kRestart && may_start) bring_up(core, tunnel);
        return;
    }
    tunnel.trapped = tunnel.options.start == StartMode::kOnDemand;
    if (next == Next::kAtOnce && tunnel.keep_up) return bring_up(core, tunnel);
    schedule_retry(core, tunnel);
}

}  // namespace

void bring_up(Core& core, Tunnel& tunnel) {
    if (tunnel.down || core.shutting_down || core.has_current_child(tunnel.id())) return;
    for (const IkeSpi spi : tunnel.ike_sas) {
        IkeSa* sa = core.ike_sa(spi);
        if (sa->is<Connecting>()) return;
        if (!sa->is<Established>()) continue;
        if (sa->out.in_flight_as<ChildExchange>() == nullptr) enqueue(core, *sa, CreateChild{});
        return;
    }
    if (!tunnel.options.remote_address) return attempt_failed(core, tunnel, diagnosis::no_peer_address(tunnel.options));
    tunnel.trapped = false;
    start_init(core, tunnel);
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
    schedule_retry(core, tunnel);
    if (tunnel.options.start == StartMode::kOnDemand) tunnel.trapped = true;
    for (const auto what : {Waiter::For::kUp, Waiter::For::kRekeyChild, Waiter::For::kRekeyIke})
        answer_waiters(core, tunnel, what, false, error.code, error.message);
    note_error(core, tunnel, std::move(error));
    answer_down_waiters(core, tunnel);
}

void connection_lost(Core& core, Tunnel& tunnel, LastError error, Next next) {
    for (const auto what : {Waiter::For::kRekeyChild, Waiter::For::kRekeyIke})
        answer_waiters(core, tunnel, what, false, error.code, error.message);
    const bool connecting = std::any_of(tunnel.ike_sas.begin(), tunnel.ike_sas.end(),
                                        [&](IkeSpi spi) { return core.ike_sa(spi)->is<Connecting>(); });
    if (!connecting) answer_waiters(core, tunnel, Waiter::For::kUp, false, error.code, error.message);
    note_error(core, tunnel, std::move(error), Severity::kWarning);
    answer_down_waiters(core, tunnel);
    if (tunnel.down || core.shutting_down || core.has_current_child(tunnel.id())) return;
    come_back(core, tunnel, next);
}

void tunnel_works(Core& core, Tunnel& tunnel, const IkeSa& sa, const ChildSa& child) {
    tunnel.failures = 0;
    tunnel.not_before.reset();
    tunnel.last_error.reset();
    tunnel.trapped = tunnel.options.start == StartMode::kOnDemand;
    core.timers.cancel(retry_key(tunnel));
    const std::string message = "Tunnel " + tunnel.name() + ": established with " + sa.path.remote.to_string() + " (" +
                                (sa.peer_id ? sa.peer_id->to_string() : std::string("unknown")) + "), IKE " +
                                to_string(sa.suite) + ", ESP " + to_string(child.suite) +
                                (sa.udp_encapsulation ? " in UDP" : "") + ", local [" +
                                dataplane::to_string(child.selectors.local) + "], remote [" +
                                dataplane::to_string(child.selectors.remote) + "].";
    core.report(Severity::kInfo, &tunnel, "established", message);
    answer_waiters(core, tunnel, Waiter::For::kUp, true, "established", message);
}

void answer_waiters(Core& core, Tunnel& tunnel, Waiter::For what, bool ok, const std::string& code,
                    const std::string& message) {
    for (const Waiter& waiter : tunnel.waiters) {
        if (waiter.what == what) core.emit(CommandDone{waiter.id, ok, code, message});
    }
    std::erase_if(tunnel.waiters, [&](const Waiter& waiter) { return waiter.what == what; });
}

void answer_down_waiters(Core& core, Tunnel& tunnel) {
    const auto asks = [](const Waiter& waiter) { return waiter.what == Waiter::For::kDown; };
    if (std::none_of(tunnel.waiters.begin(), tunnel.waiters.end(), asks)) return;
    for (const auto& [spi, sa] : core.ike_sas) {
        if (sa->tunnel == tunnel.id() && !sa->is<Closed>()) return;
    }
    answer_waiters(core, tunnel, Waiter::For::kDown, true, "down", "Tunnel " + tunnel.name() + " is down.");
}

}  // namespace esplane::ike
