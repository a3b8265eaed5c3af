// The end that follows: it answers where the peer is, and sends ESP there once the peer has shown that it receives
// there (RFC 4555 3.5, 3.7).
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"

namespace esplane::ike {

namespace {

constexpr std::size_t kCookieLength = 16;
/// RFC 4555 4.2.5.
constexpr std::size_t kShortestCookie = 8;
constexpr std::size_t kLongestCookie = 64;

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
    // Its cookie may go to several places from now on, so that it proves none of them.
    if (auto* check = sa.out.in_flight_as<RouteCheck>()) check->overtaken = true;
    resend(core, sa);
    sa.out.enqueue_first(CheckRoute{});
}

}  // namespace

void on_mobike_request(Core& core, IkeSa& sa, const Path& path, const wire::Payloads& payloads, wire::Payloads& reply) {
    if (!sa.mobility.agreed) return;
    if (is_address_update(sa, payloads)) follow_peer(core, sa, path, payloads, reply);
    // RFC 4555 3.8: it asks what we see of it, with an update or without one.
    const bool refused = !reply.notifies.empty();
    if (payloads.find(wire::NotifyType::kNatDetectionSourceIp) != nullptr && !refused)
        add_nat_detection(core, sa, path, reply);
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
                    before.path.remote.to_string() + " to " + sa.path.remote.to_string() + esp_manner(sa) +
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

}  // namespace esplane::ike
