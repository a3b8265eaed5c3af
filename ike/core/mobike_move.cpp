// The end that moves: it says where it is now, and looks whether a NAT has come or gone (RFC 4555 3.5, 3.8).
#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"

namespace esplane::ike {

namespace {

/// RFC 4555 3.3 would have IKE at port 4500 from IKE_AUTH on, for the day when a NAT comes. It goes there when it moves
/// for the first time, which the peer follows as well: until then it stays where firewalls expect it.
void use_natt_ports(const Core& core, IkeSa& sa) {
    if (sa.path.local.port != core.options.natt_port) sa.path.remote.port = core.options.natt_port;
    sa.path.local.port = core.options.natt_port;
}

void move_local_end(Core& core, IkeSa& sa, const IpAddress& local) {
    sa.path.local.address = local;
    use_natt_ports(core, sa);
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

}  // namespace

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
    add_nat_detection(core, sa, sa.path, payloads);
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
                "Tunnel " + tunnel->name() + ": goes on from " + sa.path.local.to_string() + esp_manner(sa) +
                    ", which the peer " + sa.path.remote.to_string() + " has been told.");
}

void put_nat_check(Core& core, const IkeSa& sa, wire::Payloads& payloads) {
    if (moves(sa)) add_nat_detection(core, sa, sa.path, payloads);
}

void take_nat_check(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    const NatFinding finding = detect_nat(payloads, sa.spi_i, sa.spi_r, sa.path);
    if (!moves(sa) || !finding.supported) return;
    if (finding.local_nat == sa.nat.local_nat && finding.remote_nat == sa.nat.remote_nat) return;
    use_natt_ports(core, sa);
    // As after a move: the peer has to follow, and its answer says what to do about ESP.
    enqueue(core, sa, UpdateAddresses{});
}

}  // namespace esplane::ike
