#include "ike/core/mobike.h"

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

constexpr std::size_t kCookieLength = 16;
/// RFC 4555 4.2.5.
constexpr std::size_t kShortestCookie = 8;
constexpr std::size_t kLongestCookie = 64;

/// NAT detection comes along with every change of address, so the peer must know it. The selectors of transport mode
/// are the two addresses themselves.
bool may_move(const IkeSa& sa, const TunnelOptions& tunnel) {
    return tunnel.mobike && tunnel.mode == dataplane::Mode::kTunnel && sa.nat.supported;
}

/// RFC 4555 2.1: only the end that sent the first IKE_AUTH request says which addresses are used.
bool moves(const IkeSa& sa) {
    return sa.mobility.agreed && sa.we_authenticated_first;
}
bool follows(const IkeSa& sa) {
    return sa.mobility.agreed && !sa.we_authenticated_first;
}

void take_finding(IkeSa& sa, const TunnelOptions& tunnel, const NatFinding& finding) {
    if (!finding.supported) return;
    sa.nat = finding;
    sa.udp_encapsulation = finding.any() || tunnel.force_encap;
}

void keep_nat_open(Core& core, const IkeSa& sa) {
    if (!sa.nat.local_nat) return core.cancel(Timer::kKeepalive, sa);
    core.arm(Timer::kKeepalive, sa, core.options.keepalive_interval);
}

void move_children(Core& core, const IkeSa& sa) {
    for (const dataplane::ChildId id : sa.children) {
        ChildSa& child = *core.child(id);
        child.encapsulation = encapsulation_of(sa);
        core.emit(MoveChildPath{id, outer_path(sa), child.encapsulation});
    }
}

std::string how(const IkeSa& sa) {
    return sa.udp_encapsulation ? " with ESP in UDP" : "";
}

void move_local_end(Core& core, IkeSa& sa, const IpAddress& local) {
    // RFC 4555 3.3 would have IKE at port 4500 from IKE_AUTH on, for the day when a NAT comes. It goes there when it
    // moves for the first time, which the peer follows as well: until then it stays where firewalls expect it.
    if (sa.path.local.port != core.options.natt_port) sa.path.remote.port = core.options.natt_port;
    sa.path.local = {local, core.options.natt_port};
    move_children(core, sa);
    resend(core, sa);
    sa.out.enqueue_first(UpdateAddresses{});
    pump(core, sa);
}

/// The peer may not know yet of a rekey of its own which we have answered, and then repeats it where we are not any
/// more.
void repeat_last_words(Core& core, const Tunnel& tunnel, const IpAddress& local) {
    for (auto& [spi, sa] : core.ike_sas) {
        if (sa->tunnel != tunnel.id() || !sa->is<Replaced>() || !moves(*sa)) continue;
        sa->path.local.address = local;
        if (!sa->in.held()) send(core, sa->path, sa->in.answer());
    }
}

void add_nat_detection(Core& core, const IkeSa& sa, const TunnelOptions& tunnel, wire::Payloads& payloads) {
    for (wire::Notify& notify : nat_detection_notifies(sa.spi_i, sa.spi_r, sa.path, tunnel.force_encap, core.random))
        payloads.notifies.push_back(std::move(notify));
}

/// RFC 4555 4.2.6: addresses and ports of the request as the peer sent it.
bool forbids_nat_on(const wire::Payloads& payloads, const Path& path) {
    const wire::Notify* notify = payloads.find(wire::NotifyType::kNoNatsAllowed);
    if (notify == nullptr) return false;
    Bytes seen;
    for (const Endpoint* end : {&path.remote, &path.local}) {
        const ByteView octets = end->address.octets();
        seen.insert(seen.end(), octets.begin(), octets.end());
    }
    for (const Endpoint* end : {&path.remote, &path.local}) {
        seen.push_back(static_cast<std::uint8_t>(end->port >> 8));
        seen.push_back(static_cast<std::uint8_t>(end->port));
    }
    return notify->data != seen;
}

void follow_peer(Core& core, IkeSa& sa, const Path& path, const wire::Payloads& payloads, wire::Payloads& reply) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>()) return;
    if (forbids_nat_on(payloads, path)) {
        reply.notifies.push_back(make_notify(wire::NotifyType::kUnexpectedNatDetected));
        return;
    }
    if (!sa.mobility.proven) sa.mobility.proven = Whereabouts{sa.path, sa.nat, sa.udp_encapsulation};
    sa.path = path;
    take_finding(sa, tunnel->options, detect_nat(payloads, sa.spi_i, sa.spi_r, path));
    add_nat_detection(core, sa, tunnel->options, reply);
    // Its cookie may go to several places from now on, so that it proves none of them.
    if (auto* check = sa.out.in_flight_as<RouteCheck>()) check->overtaken = true;
    resend(core, sa);
    sa.out.enqueue_first(CheckRoute{});
}

}  // namespace

void put_mobike_offer(const IkeSa& sa, const TunnelOptions& tunnel, wire::Payloads& payloads) {
    if (may_move(sa, tunnel)) payloads.notifies.push_back(make_notify(wire::NotifyType::kMobikeSupported));
}

void take_mobike(IkeSa& sa, const TunnelOptions& tunnel, const wire::Payloads& theirs) {
    sa.mobility.agreed = may_move(sa, tunnel) && theirs.find(wire::NotifyType::kMobikeSupported) != nullptr;
}

void put_mobike_answer(const IkeSa& sa, wire::Payloads& payloads) {
    if (sa.mobility.agreed) payloads.notifies.push_back(make_notify(wire::NotifyType::kMobikeSupported));
}

bool follows_nat(const IkeSa& sa) {
    // Who decides where both ends are is not led elsewhere by what comes late from its former address.
    return sa.nat.remote_nat && !moves(sa);
}

bool is_address_update(const IkeSa& sa, const wire::Payloads& payloads) {
    return follows(sa) && payloads.find(wire::NotifyType::kUpdateSaAddresses) != nullptr;
}

bool move_tunnel(Core& core, Tunnel& tunnel, const IpAddress& local) {
    const std::vector<IkeSpi> spis = tunnel.ike_sas;
    const bool all_move = std::all_of(spis.begin(), spis.end(), [&](IkeSpi spi) {
        const IkeSa* sa = core.ike_sa(spi);
        return sa->is<Established>() && moves(*sa);
    });
    if (!all_move) return false;
    tunnel.options.local_address = local;
    repeat_last_words(core, tunnel, local);
    for (const IkeSpi spi : spis) {
        if (IkeSa* sa = core.ike_sa(spi)) move_local_end(core, *sa, local);
    }
    return true;
}

void start_address_update(Core& core, IkeSa& sa) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !moves(sa)) return;
    wire::Payloads payloads;
    payloads.notifies.push_back(make_notify(wire::NotifyType::kUpdateSaAddresses));
    add_nat_detection(core, sa, tunnel->options, payloads);
    send_request(core, sa, wire::ExchangeType::kInformational, payloads, AddressUpdate{sa.path});
}

void on_address_update_response(Core& core, IkeSa& sa, const AddressUpdate& exchange, const wire::Payloads& payloads) {
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>()) return;
    // RFC 4555 3.5: it has moved on meanwhile, and another update is about to be sent.
    if (exchange.path != sa.path) return;
    if (const wire::Notify* error = payloads.first_error()) {
        LastError refused =
            diagnosis::error_answered(tunnel->options, sa.path.remote.address, "a change of addresses", *error);
        close_ike(core, sa, std::nullopt);
        return connection_lost(core, *tunnel, std::move(refused), Next::kAtOnce);
    }
    take_finding(sa, tunnel->options, detect_nat(payloads, sa.spi_i, sa.spi_r, sa.path));
    keep_nat_open(core, sa);
    move_children(core, sa);
    core.report(Severity::kInfo, tunnel, "moved",
                "Tunnel " + tunnel->name() + ": goes on from " + sa.path.local.to_string() + how(sa) +
                    ", which the peer " + sa.path.remote.to_string() + " has been told.");
}

void on_mobike_request(Core& core, IkeSa& sa, const Path& path, const wire::Payloads& payloads, wire::Payloads& reply) {
    if (!sa.mobility.agreed) return;
    if (is_address_update(sa, payloads)) follow_peer(core, sa, path, payloads, reply);
    const wire::Notify* cookie = payloads.find(wire::NotifyType::kCookie2);
    if (cookie == nullptr || cookie->data.size() < kShortestCookie || cookie->data.size() > kLongestCookie) return;
    reply.notifies.push_back(make_notify(wire::NotifyType::kCookie2, cookie->data));
}

void start_route_check(Core& core, IkeSa& sa) {
    if (!sa.mobility.proven) return;
    RouteCheck exchange{sa.path, core.random.bytes(kCookieLength)};
    wire::Payloads payloads;
    payloads.notifies.push_back(make_notify(wire::NotifyType::kCookie2, exchange.cookie));
    send_request(core, sa, wire::ExchangeType::kInformational, payloads, std::move(exchange));
}

void on_route_check_response(Core& core, IkeSa& sa, const RouteCheck& exchange, const wire::Payloads& payloads) {
    const wire::Notify* echo = payloads.find(wire::NotifyType::kCookie2);
    // RFC 4555 3.7: whoever answers has not seen what went to the new address.
    if (echo == nullptr || !equal_constant_time(echo->data, exchange.cookie))
        return on_fatal_error(core, sa, "its answer to a return routability check lacks our COOKIE2");
    if (!sa.is<Established>() || !sa.mobility.proven) return;
    if (exchange.overtaken || exchange.path != sa.path) return enqueue(core, sa, CheckRoute{});
    const Whereabouts before = *std::exchange(sa.mobility.proven, std::nullopt);
    keep_nat_open(core, sa);
    move_children(core, sa);
    if (before.path == sa.path && before.udp_encapsulation == sa.udp_encapsulation) return;
    const Tunnel* tunnel = core.tunnel_of(sa);
    core.report(Severity::kInfo, tunnel, "peer_moved",
                "Tunnel " + (tunnel == nullptr ? std::string() : tunnel->name()) + ": the peer has moved from " +
                    before.path.remote.to_string() + " to " + sa.path.remote.to_string() + how(sa) +
                    " and has shown that it receives there (RFC 4555).");
}

bool retreat(Core& core, IkeSa& sa) {
    if (!sa.mobility.proven || sa.mobility.proven->path == sa.path) return false;
    const Whereabouts& before = *sa.mobility.proven;
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel != nullptr) {
        core.report(Severity::kWarning, tunnel, "peer_not_there",
                    "Tunnel " + tunnel->name() + ": the peer says that it has moved to " + sa.path.remote.to_string() +
                        ", and does not answer from there; it is looked for at " + before.path.remote.to_string() +
                        " again. Check the way to its new address, and whether something on the way rewrites "
                        "addresses.");
    }
    sa.path = before.path;
    sa.nat = before.nat;
    sa.udp_encapsulation = before.udp_encapsulation;
    if (auto* check = sa.out.in_flight_as<RouteCheck>()) {
        // Where it was proven to be: any answer will do.
        check->path = sa.path;
        check->overtaken = false;
    }
    return true;
}

void inherit_mobility(Core& core, IkeSa& from, IkeSa& to) {
    if (!to.mobility.agreed) return;
    to.path = from.path;
    to.nat = from.nat;
    to.udp_encapsulation = from.udp_encapsulation;
    to.mobility = from.mobility;
    keep_nat_open(core, to);
    if (from.out.in_flight_as<AddressUpdate>() != nullptr) to.out.enqueue(UpdateAddresses{});
    if (to.mobility.proven) to.out.enqueue(CheckRoute{});
}

}  // namespace esplane::ike
