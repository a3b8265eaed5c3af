#include "ike/core/authentication.h"

#include "ike/core/auth_certificate.h"
#include "ike/core/diagnosis.h"

namespace esplane::ike {

namespace {

crypto::Secret psk_auth_of(const IkeSa& sa, const crypto::Secret& psk, const Claim& claim) {
    return psk_auth(sa.suite.prf, psk, claim.message, claim.nonce, claim.sk_p, claim.id, claim.intermediate);
}

/// RFC 7296 2.15: what a signature is over.
Bytes signed_octets_of(const IkeSa& sa, const Claim& claim) {
    return signed_octets(sa.suite.prf, claim.message, claim.nonce, claim.sk_p, claim.id, claim.intermediate);
}

bool is_method(const wire::Auth& auth, wire::AuthMethod method) {
    return auth.method == static_cast<std::uint8_t>(method);
}

}  // namespace

Claim our_claim(const IkeSa& sa, const Transcript& transcript, const wire::Id& id, const PpkKeys* mixed) {
    const crypto::Secret& sk_p = mixed != nullptr ? mixed->sk_p_ours : sa.protection->sk_p_ours;
    return sa.initiator ? Claim{transcript.request, transcript.nonce_r, sk_p, id, transcript.intermediate.octets()}
                        : Claim{transcript.response, transcript.nonce_i, sk_p, id, transcript.intermediate.octets()};
}

Claim their_claim(const IkeSa& sa, const Transcript& transcript, const wire::Id& id, const PpkKeys* mixed) {
    const crypto::Secret& sk_p = mixed != nullptr ? mixed->sk_p_theirs : sa.protection->sk_p_theirs;
    return sa.initiator ? Claim{transcript.response, transcript.nonce_i, sk_p, id, transcript.intermediate.octets()}
                        : Claim{transcript.request, transcript.nonce_r, sk_p, id, transcript.intermediate.octets()};
}

Result<void, LastError> put_proof(const IkeSa& sa, const TunnelOptions& tunnel, const Claim& ours,
                                  wire::Payloads& payloads) {
    if (tunnel.psk) {
        const crypto::Secret proof = psk_auth_of(sa, *tunnel.psk, ours);
        payloads.auth = wire::Auth{static_cast<std::uint8_t>(wire::AuthMethod::kSharedKey), to_bytes(proof.view())};
        return {};
    }
    const CertificateAuth& own = *tunnel.certificate;
    auto signature = sign_auth(*own.key, sa.peer_hashes, signed_octets_of(sa, ours));
    if (!signature) return Failure{diagnosis::cannot_sign(tunnel, sa.path.remote.address, signature.error())};
    payloads.auth = *std::move(signature);
    put_certificates(own, payloads);
    return {};
}

TunnelOptions after_eap(const TunnelOptions& tunnel, const crypto::Secret& msk) {
    TunnelOptions keyed = tunnel;
    keyed.psk = std::make_shared<const crypto::Secret>(msk.view());
    keyed.certificate = nullptr;
    return keyed;
}

void put_certificate_requests(const TunnelOptions& tunnel, wire::Payloads& payloads) {
    if (!tunnel.certificate) return;
    wire::Cert request{static_cast<std::uint8_t>(wire::CertEncoding::kX509Signature),
                       authority_hashes(*tunnel.certificate->trust)};
    for (const wire::Cert& present : payloads.cert_requests) {
        if (present == request) return;
    }
    payloads.cert_requests.push_back(std::move(request));
}

bool is_wanted_method(const TunnelOptions& tunnel, const wire::Payloads& payloads) {
    if (!payloads.auth) return false;
    return is_method(*payloads.auth, wire::AuthMethod::kSharedKey) == (tunnel.psk != nullptr);
}

std::optional<LastError> find_flaw(const Core& core, const IkeSa& sa, const TunnelOptions& tunnel, const Claim& theirs,
                                   const wire::Payloads& payloads) {
    const IpAddress& peer = sa.path.remote.address;
    if (!is_wanted_method(tunnel, payloads)) return diagnosis::unsupported_auth(tunnel, peer, payloads);
    if (tunnel.psk) {
        const crypto::Secret expected = psk_auth_of(sa, *tunnel.psk, theirs);
        if (equal_constant_time(expected.view(), payloads.auth->value)) return std::nullopt;
        const bool by_eap = tunnel.eap_authenticator || tunnel.eap_supplicant;
        return by_eap ? diagnosis::wrong_eap_key(tunnel, peer, theirs.id)
                      : diagnosis::wrong_psk(tunnel, peer, theirs.id);
    }
    const auto proven = verify_certificate(*tunnel.certificate, core.statuses, core.wall_clock.now(), theirs.id,
                                           payloads, signed_octets_of(sa, theirs));
    if (proven) return std::nullopt;
    return diagnosis::certificate_refused(tunnel, peer, theirs.id, proven.error());
}

}  // namespace esplane::ike
