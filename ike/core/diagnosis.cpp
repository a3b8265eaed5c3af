#include "ike/core/diagnosis.h"

#include <chrono>

#include "ike/core/diagnosis_words.h"
#include "ike/core/notify_names.h"

namespace esplane::ike::diagnosis {

namespace {

std::string times(std::uint32_t count) {
    return count == 1 ? "once" : std::to_string(count) + " times";
}

std::string what_it_may_refuse(const TunnelOptions& tunnel) {
    if (tunnel.eap_supplicant) return "it does not let us in by EAP";
    return tunnel.psk ? "its pre-shared key differs from ours" : "it does not believe our certificate";
}

std::string method_name(std::uint8_t method) {
    switch (wire::AuthMethod{method}) {
        case wire::AuthMethod::kSharedKey:
            return "a pre-shared key";
        case wire::AuthMethod::kRsa:
        case wire::AuthMethod::kEcdsaP256:
        case wire::AuthMethod::kEcdsaP384:
        case wire::AuthMethod::kEcdsaP521:
        case wire::AuthMethod::kDigitalSignature:
            return "a certificate";
        default:
            return "method " + std::to_string(method);
    }
}

}  // namespace

LastError ike_proposals_refused(const TunnelOptions& tunnel, const IpAddress& peer) {
    return {"no_common_ike_proposal", who(tunnel, peer) +
                                          " refused every IKE proposal of ours (NO_PROPOSAL_CHOSEN). Offered: " +
                                          joined(tunnel.ike_proposals) + ". Set " + key(tunnel, "ike.proposals") +
                                          " to what the peer has configured; a peer that knows no connection for our "
                                          "addresses answers the same."};
}

LastError authentication_refused(const TunnelOptions& tunnel, const IpAddress& peer) {
    return {"authentication_failed", who(tunnel, peer) +
                                         " refused us (AUTHENTICATION_FAILED): it does not know our identity " +
                                         tunnel.local_id.to_string() + ", or " + what_it_may_refuse(tunnel) +
                                         ", or it is not " + tunnel.remote_id.to_string() + ". Compare " +
                                         key(tunnel, "local.id") + ", " + key(tunnel, "remote.id") + " and " +
                                         key(tunnel, "auth") + " with the peer's configuration; its log says which."};
}

LastError group_refused(const TunnelOptions& tunnel, const IpAddress& peer, std::uint16_t asked) {
    const auto known = crypto::known_dh(asked);
    const std::string group =
        known && *known != crypto::DhId::kNone ? std::string(crypto::name(*known)) : "group " + std::to_string(asked);
    return {"no_common_ike_proposal",
            who(tunnel, peer) + " wants the key exchange " + group +
                " (INVALID_KE_PAYLOAD), which is not among what we offered: " + joined(tunnel.ike_proposals) +
                ". Set " + key(tunnel, "ike.proposals") + " to what the peer has configured."};
}

LastError error_answered(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view exchange,
                         const wire::Notify& error) {
    return {"protocol_error", who(tunnel, peer) + " answered " + std::string(exchange) + " with " +
                                  notify_name(error.type) + ". Configured here: IKE " + joined(tunnel.ike_proposals) +
                                  ", ESP " + joined(tunnel.esp_proposals) + " (" + key(tunnel, "ike.proposals") + ", " +
                                  key(tunnel, "esp.proposals") + "). The peer's log says why."};
}

LastError init_unanswered(const TunnelOptions& tunnel, const Endpoint& peer, std::uint32_t transmissions) {
    return {"peer_silent", who(tunnel, peer.to_string()) + " did not answer IKE_SA_INIT, sent " + times(transmissions) +
                               ". Check that " + key(tunnel, "remote.address") +
                               " is right, that the peer is running, and that UDP " + std::to_string(peer.port) +
                               " passes in both directions."};
}

LastError auth_unanswered(const TunnelOptions& tunnel, const Endpoint& peer, std::uint32_t transmissions) {
    return {"peer_silent", who(tunnel, peer.to_string()) + " answered IKE_SA_INIT but not IKE_AUTH, sent " +
                               times(transmissions) + ". Check that UDP " + std::to_string(peer.port) +
                               " passes in both directions; some peers also stay silent when they do not know " +
                               key(tunnel, "local.id") + " (" + tunnel.local_id.to_string() + ")."};
}

LastError no_common_ike_proposal(const TunnelOptions& tunnel, const IpAddress& peer,
                                 const std::vector<wire::Proposal>& offered) {
    return {"no_common_ike_proposal",
            who(tunnel, peer) + " offers no IKE proposal that is configured here. It offers: " + to_string(offered) +
                ". Configured: " + joined(tunnel.ike_proposals) + ". Add one of the peer's to " +
                key(tunnel, "ike.proposals") + ", or change the peer."};
}

LastError suite_not_for_tunnel(const TunnelOptions& tunnel, const IpAddress& peer, const IkeSuite& suite) {
    return {"no_common_ike_proposal", who(tunnel, peer) + " uses the IKE suite " + to_string(suite) +
                                          ", which another tunnel for these addresses allows but this one does not: " +
                                          joined(tunnel.ike_proposals) + ". Add it to " + key(tunnel, "ike.proposals") +
                                          ", or give the tunnels addresses of their own."};
}

LastError no_tunnel(const Path& path) {
    return {"no_tunnel",
            "Peer " + path.remote.to_string() + " wants a tunnel to " + path.local.address.to_string() +
                ", but none is configured for these addresses, or it is down by command. Add a tunnel with "
                "remote.address: " +
                path.remote.address.to_string() + " (or any) and local.address: " + path.local.address.to_string() +
                "."};
}

LastError no_address_given(const TunnelOptions& tunnel, const IpAddress& peer) {
    return {"no_address_given", who(tunnel, peer) + " has given us no virtual address, although we asked for one (" +
                                    key(tunnel, "local.subnets") +
                                    ": virtual). Give it a pool of addresses for us, or write our subnets here."};
}

LastError address_refused(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Notify& error) {
    return {"no_address_given", who(tunnel, peer) + " gives us no virtual address (" + notify_name(error.type) +
                                    "): its pool may be exhausted, or have none of the families of " +
                                    key(tunnel, "remote.subnets") + ". Its log says why."};
}

LastError no_address_asked(const TunnelOptions& tunnel, const IpAddress& peer, const std::string& peer_id) {
    return {"no_address_asked", who(tunnel, peer) + " (" + peer_id + ") asks for no address by CFG_REQUEST, but " +
                                    key(tunnel, "pool") + " hands out one to each peer. Let it ask for one of the " +
                                    "families of " + key(tunnel, "pool.addresses") +
                                    " (strongSwan: vips = 0.0.0.0), or give it a tunnel of its own."};
}

LastError pool_exhausted(const TunnelOptions& tunnel, const IpAddress& peer, const std::string& peer_id,
                         std::uint32_t size) {
    return {"pool_exhausted", who(tunnel, peer) + " (" + peer_id + ") gets no address: the pool is exhausted, all " +
                                  std::to_string(size) + " are in use. Make " + key(tunnel, "pool.addresses") +
                                  " larger, or take down peers that are not needed."};
}

LastError wrong_psk(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id) {
    return {"wrong_psk", who(tunnel, peer) + " says it is " + describe(peer_id) +
                             ", but proves it with another pre-shared key than ours. Make " + key(tunnel, "auth") +
                             " hold the same key on both sides."};
}

LastError certificate_refused(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id,
                              const CertificateFlaw& flaw) {
    return {flaw.code, who(tunnel, peer) + " says it is " + describe(peer_id) + ", but " + flaw.what +
                           ". Configured here: " + key(tunnel, "remote.id") + " " + tunnel.remote_id.to_string() +
                           ", and " + key(tunnel, "auth.ca") + " for whom to believe."};
}

LastError cannot_sign(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view why) {
    return {"cannot_sign", who(tunnel, peer) + " cannot be proven to who we are: " + std::string(why) +
                               ". Use another " + key(tunnel, "auth.key") + ", or one that the peer takes."};
}

LastError ppk_refused(const TunnelOptions& tunnel, const IpAddress& peer) {
    const std::string own = !tunnel.ppk ? "none is configured here"
                                        : "configured here is '" + tunnel.ppk->id + "', " +
                                              (tunnel.ppk->required ? "required" : "not required");
    return {"no_common_ppk", who(tunnel, peer) + " and we have no post-quantum pre-shared key in common (RFC 8784): " +
                                 own + ". Give both sides the same " + key(tunnel, "auth.ppk_file") +
                                 " under the same " + key(tunnel, "auth.ppk_id") + ", or set " +
                                 key(tunnel, "auth.ppk_required") + " to no where it may be missing."};
}

LastError wrong_identity(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id) {
    return {"wrong_identity", who(tunnel, peer) + " says it is " + describe(peer_id) + ", but " +
                                  key(tunnel, "remote.id") + " accepts " + tunnel.remote_id.to_string() +
                                  " only. Set it to what the peer says, or change the peer's own identity."};
}

LastError wrong_local_identity(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& asked) {
    return {"wrong_identity", who(tunnel, peer) + " asks for " + describe(asked) + ", but we are " +
                                  tunnel.local_id.to_string() + ". Set " + key(tunnel, "local.id") +
                                  " to what the peer expects, or change the peer's idea of us."};
}

LastError unsupported_auth(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Payloads& payloads) {
    std::string said = "authenticates with EAP";
    if (payloads.auth) said = "authenticates with " + method_name(payloads.auth->method);
    const std::string wanted = tunnel.eap_authenticator ? "EAP" : tunnel.psk ? "a pre-shared key" : "a certificate";
    return {"authentication_failed", who(tunnel, peer) + " " + said + ", but " + key(tunnel, "auth") + " holds " +
                                         wanted + ". Set the peer to authenticate with " + wanted + "."};
}

LastError protocol_error(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view what) {
    return {"protocol_error", who(tunnel, peer) + " broke the protocol: " + std::string(what) + ". Nothing in " +
                                  key(tunnel, "ike") +
                                  " can mend this; if the peer is up to date, report it with both logs."};
}

LastError request_unanswered(const TunnelOptions& tunnel, const Endpoint& peer, std::string_view exchange,
                             std::uint32_t transmissions) {
    return {"peer_silent", who(tunnel, peer.to_string()) + " did not answer " + std::string(exchange) + ", sent " +
                               times(transmissions) + ". The connection counts as lost; " + key(tunnel, "dpd.action") +
                               " says what comes next."};
}

LastError liveness_failed(const TunnelOptions& tunnel, const Endpoint& peer) {
    const auto seconds = [](std::chrono::milliseconds time) {
        return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
    };
    return {"liveness_failed", who(tunnel, peer.to_string()) + " sent nothing for " + seconds(tunnel.dpd.delay) +
                                   " and did not answer liveness checks for " + seconds(tunnel.dpd.timeout) + " (" +
                                   key(tunnel, "dpd") + "): it counts as gone. Check the peer and the way to it."};
}

LastError peer_restarted(const TunnelOptions& tunnel, const Endpoint& peer) {
    return {"peer_restarted", who(tunnel, peer.to_string()) +
                                  " has restarted and lost the IKE SA, which it proves by its token (RFC 6290). " +
                                  key(tunnel, "dpd.action") + " says what we do now."};
}

LastError deleted_by_peer(const TunnelOptions& tunnel, const IpAddress& peer) {
    return {"deleted_by_peer", who(tunnel, peer) + " deleted the IKE SA. Its log says why; " + key(tunnel, "start") +
                                   " says whether we bring it up again."};
}

LastError ike_expired(const TunnelOptions& tunnel) {
    return {"expired", "Tunnel " + tunnel.name +
                           ": the IKE SA reached the end of its lifetime without having been replaced. Look for the "
                           "rekey that failed before this, and compare " +
                           key(tunnel, "ike.proposals") + " with the peer's."};
}

LastError authentication_expired(const TunnelOptions& tunnel) {
    return {"authentication_expired",
            "Tunnel " + tunnel.name +
                ": the IKE SA's authentication has reached the end of its lifetime, and none was negotiated anew. If "
                "attempts failed before this, that is why; the lifetime is the shorter one of " +
                key(tunnel, "ike.reauthentication") + " and what the peer demands (AUTH_LIFETIME)."};
}

LastError redirect_refused(const TunnelOptions& tunnel, const IpAddress& peer, std::string_view why) {
    return {"redirect_refused", who(tunnel, peer) + " sends us to another gateway (RFC 5685), " + std::string(why) +
                                    ". Ask its operator which gateway serves us, and write its address into " +
                                    key(tunnel, "remote.address") + "."};
}

LastError no_childless(const TunnelOptions& tunnel, const IpAddress& peer) {
    return {"no_childless", who(tunnel, peer) +
                                " does not say that it can do without a CHILD_SA in IKE_AUTH (RFC 6023), and " +
                                key(tunnel, "ike.childless") + " is require: write prefer, or no."};
}

LastError no_peer_address(const TunnelOptions& tunnel) {
    return {"no_peer_address", "Tunnel " + tunnel.name +
                                   " cannot be started from here: " + key(tunnel, "remote.address") +
                                   " is any. Wait for the peer to start it, or write its address."};
}

}  // namespace esplane::ike::diagnosis
