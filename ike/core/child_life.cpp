// The installation of a CHILD_SA in the data plane, and when it is rekeyed. The life cycle stands in
// ike/core/child_sa.h.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/diagnosis_words.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

constexpr std::chrono::milliseconds kSoonLeast{500};
constexpr std::chrono::milliseconds kSoonSpread{1'500};
constexpr std::chrono::milliseconds kLaterLeast{30'000};
constexpr std::chrono::milliseconds kLaterSpread{10'000};

/// Where a rekey is due: from nine tenths of the limit down to eight by chance, so that the two ends, which count the
/// same packets, do not come to it at once.
std::uint64_t soft_limit(Core& core, std::uint64_t hard) {
    return hard == 0 ? 0 : hard - hard / 10 - core.random.below(hard / 10 + 1);
}

/// Install message for the data plane; the keys move into it and stay nowhere else.
dataplane::ChildOptions describe_to_dataplane(Core& core, const IkeSa& sa, const Tunnel& tunnel, const ChildSa& child,
                                              ChildKeys keys) {
    dataplane::ChildOptions options;
    options.id = child.id;
    options.tunnel = child.tunnel;
    options.policy = child.policy;
    options.spi_in = child.spi_in.spi();
    options.spi_out = child.spi_out;
    options.encr = child.suite.encr;
    options.integ = child.suite.integ;
    options.key_in = std::move(child.we_asked ? keys.responder_to_initiator : keys.initiator_to_responder);
    options.key_out = std::move(child.we_asked ? keys.initiator_to_responder : keys.responder_to_initiator);
    options.esn = child.suite.esn;
    options.replay_window = tunnel.options.replay_window;
    options.selectors = child.selectors;
    options.mode = child.mode;
    options.tfc_accepted = child.tfc_accepted;
    options.limits = {.soft_packets = soft_limit(core, tunnel.options.esp_lifetime_packets),
                      .hard_packets = tunnel.options.esp_lifetime_packets,
                      .soft_bytes = soft_limit(core, tunnel.options.esp_lifetime_bytes),
                      .hard_bytes = tunnel.options.esp_lifetime_bytes};
    options.encapsulation = child.encapsulation;
    options.outer = outer_path(sa);
    options.send_at_once = child.sending;
    return options;
}

/// The operator has asked for transport mode.
void report_tunnel_mode(Core& core, const IkeSa& sa, const Tunnel& tunnel, const ChildSa& child) {
    const ChildPolicy& policy = tunnel.child(child.policy);
    const IpAddress& peer = sa.path.remote.address;
    LastError why = sa.udp_encapsulation ? diagnosis::transport_encapsulated(tunnel.options, policy, peer)
                    : child.we_asked     ? diagnosis::transport_declined(tunnel.options, policy, peer)
                                         : diagnosis::transport_not_asked(tunnel.options, policy, peer);
    core.report(Severity::kWarning, &tunnel, std::move(why.code), std::move(why.message));
}

void replacement_works(Core& core, Tunnel& tunnel, IkeSa& sa, const ChildSa& child) {
    const std::string message = diagnosis::subject(tunnel.options, tunnel.child(child.policy)) +
                                ": CHILD_SA rekeyed by " + (child.we_asked ? "us" : "the peer") + ", suite " +
                                to_string(child.suite) + ".";
    core.report(Severity::kInfo, &tunnel, "rekeyed_child", message);
    tunnel.policies[child.policy].last_error.reset();
    child_rekeyed(core, tunnel, *child.replaces, message);
    // Of an up that came while it was being installed, and the one that it replaces did not count any more.
    if (all_work(core, tunnel))
        answer_waiters(core, tunnel, Waiter::For::kUp, true, "established",
                       "Tunnel " + tunnel.name() + " is established.");
    ChildSa* old = core.child(*child.replaces);
    if (!child.we_asked || old == nullptr || !old->in_use()) return;
    // Our packets take the new one already, so the peer may take the old one away.
    old->phase = ChildPhase::kDeleting;
    enqueue(core, sa, DeleteChild{old->spi_in.spi(), old->id});
}

}  // namespace

void mark_sending(Core& core, ChildSa& child) {
    for (ChildSa* other : core.children_of(child.tunnel)) {
        if (other->policy == child.policy) other->sending = false;
    }
    child.sending = true;
}

Path outer_path(const IkeSa& sa) {
    const auto& proven = sa.mobility.proven;
    Path path = proven ? proven->path : sa.path;
    if (encapsulation_of(sa) == dataplane::Encapsulation::kNone) path.local.port = path.remote.port = 0;
    return path;
}

dataplane::Encapsulation encapsulation_of(const IkeSa& sa) {
    const auto& proven = sa.mobility.proven;
    const bool in_udp = proven ? proven->udp_encapsulation : sa.udp_encapsulation;
    return in_udp ? dataplane::Encapsulation::kUdp : dataplane::Encapsulation::kNone;
}

std::chrono::milliseconds soft_lifetime(Core& core, std::chrono::milliseconds lifetime,
                                        std::chrono::milliseconds margin) {
    const auto soft = lifetime - margin - core.jitter(margin);
    return std::max(soft, lifetime / 2);
}

ChildSa& install_child(Core& core, IkeSa& sa, NewChild made) {
    Tunnel& tunnel = *core.tunnel_of(sa);
    ChildSa& child = core.add_child(tunnel.id(), made.choice.policy);
    const dataplane::ChildId id = child.id;
    child.ike = sa.local_spi();
    child.spi_in = std::move(made.spi_in);
    child.spi_out = made.choice.spi_out;
    child.suite = made.choice.suite;
    child.selectors = std::move(made.choice.selectors);
    child.mode = made.choice.mode;
    child.tfc_accepted = made.choice.tfc_accepted;
    child.encapsulation = encapsulation_of(sa);
    child.we_asked = made.we_asked;
    child.replaces = made.replaces;
    child.created_at = core.now;
    const auto soft = soft_lifetime(core, tunnel.options.esp_lifetime, tunnel.options.esp_rekey_margin);
    child.rekey_at = core.now + soft;
    core.arm(Timer::kChildRekey, child, soft);
    core.arm(Timer::kChildExpire, child, tunnel.options.esp_lifetime);
    sa.children.push_back(id);

    ChildSa* old = made.replaces ? core.child(*made.replaces) : nullptr;
    if (old != nullptr) old->replaced_by = id;
    const bool news = old == nullptr || old->mode != child.mode;
    if (child.mode != tunnel.options.mode && news) report_tunnel_mode(core, sa, tunnel, child);
    // RFC 7296 2.8: the responder of a rekey receives on the new one at once, but sends on it only when the initiator
    // has shown, by a packet or the Delete of the old one, that it receives there, too.
    const bool wait_for_peer = old != nullptr && !made.we_asked;
    if (!wait_for_peer) mark_sending(core, child);
    core.emit(InstallChild{describe_to_dataplane(core, sa, tunnel, child, std::move(made.keys))});
    return child;
}

void on_child_installed(Core& core, dataplane::ChildId id) {
    ChildSa* child = core.child(id);
    if (child == nullptr || child->installed) return;
    child->installed = true;
    if (child->phase == ChildPhase::kInstalling) child->phase = ChildPhase::kInstalled;
    IkeSa* sa = core.ike_sa(child->ike);
    if (sa == nullptr) return;
    if (sa->in.release(id)) send(core, sa->path, sa->in.answer());
    Tunnel* tunnel = core.tunnel_of(*sa);
    if (tunnel == nullptr || !child->in_use()) return;
    if (child->replaces)
        replacement_works(core, *tunnel, *sa, *child);
    else
        policy_works(core, *tunnel, *sa, *child);
    settle_doubles(core, *tunnel);
}

void on_child_first_inbound(Core& core, dataplane::ChildId id) {
    ChildSa* child = core.child(id);
    if (child == nullptr || !child->replaces || child->we_asked) return;
    // The worker has switched to it by itself.
    if (child->current()) return mark_sending(core, *child);
    // That packet was late: this one goes, and would take the policy's outbound packets along (RFC 7296 2.8).
    for (const ChildSa* other : core.children_of(child->tunnel)) {
        if (other->policy == child->policy && other->sending) core.emit(ActivateChild{other->id});
    }
}

std::chrono::milliseconds rekey_back_off(Core& core, Again again) {
    return again == Again::kSoon ? kSoonLeast + core.jitter(kSoonSpread) : kLaterLeast + core.jitter(kLaterSpread);
}

}  // namespace esplane::ike
