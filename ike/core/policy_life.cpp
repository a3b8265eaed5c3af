// What we want of each policy of a tunnel: a CHILD_SA, one after the other, and what comes after the failure or loss of
// one while the others go on.

#include <algorithm>

#include "ike/core/diagnosis_words.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

TimerKey retry_key(const Tunnel& tunnel, std::uint32_t policy) {
    return {Timer::kPolicyRetry, std::uint64_t{dataplane::to_number(tunnel.id())} << 32 | policy};
}

bool is_on_demand(const Tunnel& tunnel) {
    return tunnel.options.start == StartMode::kOnDemand;
}

/// Not before a while; by itself then if the tunnel is kept up.
void put_off(Core& core, Tunnel& tunnel, std::uint32_t policy) {
    PolicyState& state = tunnel.policies[policy];
    state.wanted = tunnel.keep_up;
    state.trapped = is_on_demand(tunnel);
    state.not_before = core.now + retry_wait(core, state.failures);
    if (tunnel.keep_up && !tunnel.down) core.timers.set(retry_key(tunnel, policy), *state.not_before);
}

std::string established_message(const Tunnel& tunnel, const IkeSa& sa, const ChildSa& child) {
    return diagnosis::subject(tunnel.options, tunnel.child(child.policy)) + ": established with " +
           sa.path.remote.to_string() + " (" + (sa.peer_id ? sa.shown_name() : std::string("unknown")) + "), IKE " +
           to_string(sa.suite) + ", ESP " + to_string(child.suite) + (sa.udp_encapsulation ? " in UDP" : "") +
           ", local " + diagnosis::in_braces(child.selectors.local) + ", remote " +
           diagnosis::in_braces(child.selectors.remote) + ".";
}

/// The CHILD_SA of IKE_AUTH: what its group is to be comes with the first rekey (RFC 7296 1.2).
bool has_pfs_ahead(const Tunnel& tunnel, const ChildSa& child) {
    const std::vector<EspProposal>& proposals = tunnel.options.esp_proposals;
    return child.we_asked && child.suite.dh == crypto::DhId::kNone &&
           std::any_of(proposals.begin(), proposals.end(), [](const EspProposal& each) { return !each.dh.empty(); });
}

}  // namespace

std::vector<bool> served_policies(const Core& core, const Tunnel& tunnel) {
    std::vector<bool> served(tunnel.policies.size());
    for (const ChildSa* child : core.children_of(tunnel.id())) {
        if (child->current()) served[child->policy] = true;
    }
    return served;
}

std::optional<std::uint32_t> next_missing(const Core& core, const Tunnel& tunnel) {
    const std::vector<bool> served = served_policies(core, tunnel);
    for (std::uint32_t policy = 0; policy < served.size(); ++policy) {
        const PolicyState& state = tunnel.policies[policy];
        const bool early = state.not_before && core.now < *state.not_before;
        if (state.wanted && !early && !served[policy]) return policy;
    }
    return std::nullopt;
}

bool all_work(const Core& core, const Tunnel& tunnel) {
    std::vector<bool> working(tunnel.policies.size());
    for (const ChildSa* child : core.children_of(tunnel.id())) {
        if (child->current() && child->installed) working[child->policy] = true;
    }
    return std::all_of(working.begin(), working.end(), [](bool each) { return each; });
}

void want_all(Core& core, Tunnel& tunnel) {
    tunnel.not_before.reset();
    for (std::uint32_t policy = 0; policy < tunnel.policies.size(); ++policy) {
        tunnel.policies[policy].wanted = true;
        tunnel.policies[policy].not_before.reset();
        core.timers.cancel(retry_key(tunnel, policy));
    }
}

void want_nothing(Core& core, Tunnel& tunnel) {
    for (std::uint32_t policy = 0; policy < tunnel.policies.size(); ++policy) {
        PolicyState& state = tunnel.policies[policy];
        state.wanted = state.trapped = state.served = false;
        state.not_before.reset();
        core.timers.cancel(retry_key(tunnel, policy));
    }
}

void on_policy_wanted(Core& core, Tunnel& tunnel, std::uint32_t policy) {
    if (tunnel.down || policy >= tunnel.policies.size() || !tunnel.policies[policy].trapped) return;
    PolicyState& state = tunnel.policies[policy];
    const auto ahead = [&](const std::optional<TimePoint>& time) { return time && core.now < *time; };
    if (ahead(tunnel.not_before) || ahead(state.not_before)) return;
    state.trapped = false;
    state.wanted = true;
    bring_up(core, tunnel);
}

void policy_works(Core& core, Tunnel& tunnel, const IkeSa& sa, const ChildSa& child) {
    tunnel_works(core, tunnel);
    tunnel.policies[child.policy] = {.wanted = tunnel.keep_up, .trapped = is_on_demand(tunnel), .served = true};
    core.timers.cancel(retry_key(tunnel, child.policy));
    const std::string message = established_message(tunnel, sa, child);
    core.report(Severity::kInfo, &tunnel, "established", message);
    if (all_work(core, tunnel)) {
        const std::string all = "Tunnel " + tunnel.name() + ": all " + std::to_string(tunnel.policies.size()) +
                                " CHILD_SAs are established.";
        answer_waiters(core, tunnel, Waiter::For::kUp, true, "established", tunnel.policies.size() > 1 ? all : message);
    }
    if (tunnel.options.verify_pfs && has_pfs_ahead(tunnel, child))
        enqueue(core, *core.ike_sa(sa.local_spi()), RekeyChild{child.id});
    fill_up(core, tunnel, sa);
}

void policy_refused(Core& core, Tunnel& tunnel, std::uint32_t policy, LastError error) {
    ++tunnel.policies[policy].failures;
    put_off(core, tunnel, policy);
    answer_waiters(core, tunnel, Waiter::For::kUp, false, error.code, error.message);
    note_policy_error(core, tunnel, policy, std::move(error), Severity::kError);
    bring_up(core, tunnel);
}

void policy_lost(Core& core, Tunnel& tunnel, std::uint32_t policy, LastError error, Next next) {
    tunnel.policies[policy].served = false;
    answer_waiters(core, tunnel, Waiter::For::kUp, false, error.code, error.message);
    note_policy_error(core, tunnel, policy, std::move(error), Severity::kWarning);
    if (tunnel.down || core.shutting_down || core.has_current_child(tunnel.id(), policy)) return;
    if (next == Next::kAtOnce && tunnel.keep_up) {
        tunnel.policies[policy].not_before.reset();
        return bring_up(core, tunnel);
    }
    put_off(core, tunnel, policy);
}

void policy_busy(Core& core, Tunnel& tunnel, std::uint32_t policy) {
    PolicyState& state = tunnel.policies[policy];
    state.not_before = core.now + rekey_back_off(core, Again::kSoon);
    core.timers.set(retry_key(tunnel, policy), *state.not_before);
    bring_up(core, tunnel);
}

void note_policy_error(Core& core, Tunnel& tunnel, std::uint32_t policy, LastError error, Severity severity) {
    core.report(severity, &tunnel, error.code, error.message);
    tunnel.policies[policy].last_error = std::move(error);
}

}  // namespace esplane::ike
