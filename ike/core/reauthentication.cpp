// Reauthentication (RFC 7296 2.8.3): a new IKE SA from the ground up, beside the old one. Make before break: the old
// one goes when the new one serves all that it served (settle_doubles() in ike_life.cpp).

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

/// However short a peer wants it: a handshake costs us as much as the peer.
constexpr std::chrono::milliseconds kShortest{10'000};

/// RFC 4478: seconds, four octets.
std::optional<std::chrono::milliseconds> lifetime_in(const wire::Payloads& payloads) {
    const wire::Notify* notify = payloads.find(wire::NotifyType::kAuthLifetime);
    if (notify == nullptr || notify->data.size() != 4) return std::nullopt;
    return std::chrono::seconds(load_be<std::uint32_t>(notify->data.data()));
}

}  // namespace

void limit_authentication(Core& core, IkeSa& sa, std::chrono::milliseconds lifetime) {
    if (lifetime.count() <= 0) return;
    const Tunnel* tunnel = core.tunnel_of(sa);
    const TimePoint end = core.now + std::max(lifetime, kShortest);
    if (tunnel == nullptr || (sa.authenticated_until && *sa.authenticated_until <= end)) return;
    sa.authenticated_until = end;
    // The side that began it begins it anew, in time; the other one holds it to the end.
    sa.reauthenticate_at =
        sa.we_authenticated_first ? core.now + soft_lifetime(core, lifetime, tunnel->options.ike_rekey_margin) : end;
    watch_authentication(core, sa);
}

void watch_authentication(Core& core, IkeSa& sa) {
    if (!sa.authenticated_until) return;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(sa.reauthenticate_at - core.now);
    core.arm(Timer::kReauthenticate, sa, std::max(wait, std::chrono::milliseconds(0)));
}

void put_authentication_lifetime(const TunnelOptions& tunnel, wire::Payloads& payloads) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(tunnel.reauthentication).count();
    if (seconds <= 0) return;
    Bytes octets(4);
    store_be(octets.data(), static_cast<std::uint32_t>(seconds));
    payloads.notifies.push_back(make_notify(wire::NotifyType::kAuthLifetime, std::move(octets)));
}

void take_authentication_lifetime(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    if (!sa.we_authenticated_first) return;
    if (const auto lifetime = lifetime_in(payloads)) limit_authentication(core, sa, *lifetime);
}

void on_reauthenticate_timer(Core& core, IkeSa& sa) {
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>()) return;
    if (sa.authenticated_until && core.now >= *sa.authenticated_until) {
        close_ike(core, sa, std::nullopt);
        return connection_lost(core, *tunnel, diagnosis::authentication_expired(tunnel->options), Next::kAtOnce);
    }
    start_reauthentication(core, sa);
    // If nothing comes of it, once more; at the end the SA goes in any case.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*sa.authenticated_until - core.now);
    core.arm(Timer::kReauthenticate, sa, std::min(rekey_back_off(core, Again::kLater), left));
}

void start_reauthentication(Core& core, IkeSa& sa) {
    Tunnel* tunnel = core.tunnel_of(sa);
    const bool may_start = tunnel != nullptr && !tunnel->down && !core.shutting_down;
    if (!may_start || !sa.is<Established>() || !tunnel->options.remote_address || connects(core, *tunnel)) return;
    // A client of EAP has to come again by itself.
    if (tunnel->options.eap_authenticator) return;
    start_init(core, *tunnel);
    core.ike_sa(tunnel->ike_sas.back())->reauthenticates = sa.local_spi();
}

void answer_rekeys_of_replaced(Core& core, Tunnel& tunnel, const IkeSa& replaced, const IkeSa& by) {
    const std::string where = "Tunnel " + tunnel.name();
    if (by.reauthenticates == replaced.local_spi()) {
        answer_waiters(core, tunnel, Waiter::For::kRekeyIke, true, "reauthenticated",
                       where + ": IKE SA negotiated anew, suite " + to_string(by.suite) + ".");
    }
    rekeys_failed(
        core, tunnel,
        {"replaced", where + ": an IKE SA negotiated from the ground up took the place of the one to be rekeyed."});
}

}  // namespace esplane::ike
