// A peer's certificate: whether it is to be believed, and speaks for who the peer says it is.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/trust.h"
#include "ike/core/auth_signature.h"
#include "ike/core/identity.h"
#include "ike/core/status_cache.h"

namespace esplane::ike {

/// What a tunnel proves us with, and believes peers by.
struct CertificateAuth {
    std::vector<crypto::Certificate> chain;  ///< our own first, then those that lead to the authority
    std::optional<crypto::PrivateKey> key;   ///< of the first; none, nor a chain, where something else proves us
    std::shared_ptr<const crypto::TrustStore> trust;
    crypto::RevocationPolicy revocation = crypto::RevocationPolicy::kRelaxed;
    bool fetches_status = false;  ///< by OCSP, of the peers' certificates
    std::string digest;           ///< of all that it was made of: another where something has changed
};

bool speaks_for(const crypto::Certificate& certificate, const wire::Id& id);
/// For anybody whom the pattern accepts.
bool speaks_for(const crypto::Certificate& certificate, const IdentityPattern& pattern);
/// Whom it speaks for, for an operator to read.
std::string names_of(const crypto::Certificate& certificate);
/// SHA-1 of the authorities' keys, one behind the other: what X.509's CERTREQ holds (RFC 7296 3.7).
Bytes authority_hashes(const crypto::TrustStore& trust);

/// Our certificate, and those that lead to its authority.
void put_certificates(const CertificateAuth& own, wire::Payloads& payloads);

/// What is wrong with a peer's proof: `code` is stable, `what` the end of a sentence about the peer.
struct CertificateFlaw {
    std::string code;
    std::string what;
};
/// Of `payloads` the certificates and AUTH, which is over `octets`. Cheap looks come first, and nothing of the
/// certificate is used before an authority vouches for it.
Result<void, CertificateFlaw> verify_certificate(const CertificateAuth& own, const StatusCache& statuses,
                                                 std::chrono::system_clock::time_point now, const wire::Id& id,
                                                 const wire::Payloads& payloads, ByteView octets);
/// The first certificate of a chain that is to be believed of which nothing says whether it is revoked.
std::optional<crypto::TrustStore::Link> undecided(const CertificateAuth& own, const StatusCache& statuses,
                                                  std::chrono::system_clock::time_point now,
                                                  const wire::Payloads& payloads);

}  // namespace esplane::ike
