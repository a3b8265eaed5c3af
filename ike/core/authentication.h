// AUTH: how the two ends of an IKE SA prove who they are (RFC 7296 2.15), by a pre-shared key or by a certificate. What
// a tunnel's `auth` says goes for both of them.
#pragma once

#include "ike/core/core.h"

namespace esplane::ike {

/// What the AUTH of one side covers.
struct Claim {
    const Bytes& message;  ///< its whole IKE_SA_INIT datagram
    const Bytes& nonce;    ///< the other side's
    const crypto::Secret& sk_p;
    const wire::Id& id;
    Bytes intermediate;  ///< of the IKE_INTERMEDIATE exchanges of both
};
/// `mixed`: the keys with the PPK, where they are not the IKE SA's own yet; null: the IKE SA's own.
Claim our_claim(const IkeSa& sa, const Transcript& transcript, const wire::Id& id, const PpkKeys* mixed = nullptr);
Claim their_claim(const IkeSa& sa, const Transcript& transcript, const wire::Id& id, const PpkKeys* mixed = nullptr);

/// Puts AUTH into `payloads`, with the certificates that it takes. The error is that there is no AUTH the peer would
/// verify.
Result<void, LastError> put_proof(const IkeSa& sa, const TunnelOptions& tunnel, const Claim& ours,
                                  wire::Payloads& payloads);
/// The tunnel as both sides prove themselves to each other in the end, after EAP: by the key that it has given (2.16).
TunnelOptions after_eap(const TunnelOptions& tunnel, const crypto::Secret& msk);
/// What the peer should send certificates of, where it proves itself by one; to go with our identity, or with the
/// answer to IKE_SA_INIT.
void put_certificate_requests(const TunnelOptions& tunnel, wire::Payloads& payloads);

/// Whether AUTH of `payloads` is of the kind that the tunnel wants.
bool is_wanted_method(const TunnelOptions& tunnel, const wire::Payloads& payloads);
/// Why the peer is not who it says it is in `theirs.id`; empty when it has proven it. The time that a wrong pre-shared
/// key takes is that of a right one.
std::optional<LastError> find_flaw(const Core& core, const IkeSa& sa, const TunnelOptions& tunnel, const Claim& theirs,
                                   const wire::Payloads& payloads);

}  // namespace esplane::ike
