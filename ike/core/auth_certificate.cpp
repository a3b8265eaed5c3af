#include "ike/core/auth_certificate.h"

#include <algorithm>

namespace esplane::ike {
namespace {

using wire::CertEncoding;

Failure<CertificateFlaw> flaw(std::string code, std::string what) {
    return Failure{CertificateFlaw{std::move(code), std::move(what)}};
}

std::optional<crypto::Identity> as_certificate_says(const wire::Id& id) {
    switch (wire::IdType{id.type}) {
        case wire::IdType::kFqdn:
            return crypto::Identity{crypto::IdentityKind::kFqdn, id.value};
        case wire::IdType::kRfc822Addr:
            return crypto::Identity{crypto::IdentityKind::kEmail, id.value};
        case wire::IdType::kIpv4Addr:
            return crypto::Identity{crypto::IdentityKind::kIpv4, id.value};
        case wire::IdType::kIpv6Addr:
            return crypto::Identity{crypto::IdentityKind::kIpv6, id.value};
        case wire::IdType::kDerAsn1Dn:
            return crypto::Identity{crypto::IdentityKind::kDistinguishedName, id.value};
        default:
            return std::nullopt;
    }
}

wire::IdType as_ike_says(crypto::IdentityKind kind) {
    switch (kind) {
        case crypto::IdentityKind::kFqdn:
            return wire::IdType::kFqdn;
        case crypto::IdentityKind::kEmail:
            return wire::IdType::kRfc822Addr;
        case crypto::IdentityKind::kIpv4:
            return wire::IdType::kIpv4Addr;
        case crypto::IdentityKind::kIpv6:
            return wire::IdType::kIpv6Addr;
        case crypto::IdentityKind::kDistinguishedName:
            break;
    }
    return wire::IdType::kDerAsn1Dn;
}

/// In the order sent; what is no certificate, or one that cannot be read, is an error.
Result<std::vector<crypto::Certificate>, CertificateFlaw> certificates_of(const wire::Payloads& payloads) {
    std::vector<crypto::Certificate> certificates;
    for (const wire::Cert& cert : payloads.certs) {
        if (!cert.is(CertEncoding::kX509Signature)) continue;
        auto certificate = crypto::Certificate::from_der(cert.data);
        if (!certificate)
            return flaw("certificate_malformed", "one of its certificates cannot be read: " + certificate.error());
        certificates.push_back(*std::move(certificate));
    }
    if (certificates.empty()) return flaw("certificate_missing", "it sent no certificate");
    return certificates;
}

/// Of the first certificate (RFC 4806 3.2); empty where the peer has sent none.
ByteView ocsp_of(const wire::Payloads& payloads) {
    for (const wire::Cert& cert : payloads.certs) {
        if (cert.is(CertEncoding::kOcspContent)) return cert.data;
    }
    return {};
}

crypto::TrustStore::Question question(const CertificateAuth& own, const StatusCache& statuses,
                                      std::chrono::system_clock::time_point now, const crypto::Certificate& leaf,
                                      const std::vector<crypto::Certificate>& intermediates,
                                      const wire::Payloads& payloads) {
    return {.leaf = leaf,
            .intermediates = intermediates,
            .now = now,
            .revocation = own.revocation,
            .ocsp_response = ocsp_of(payloads),
            .fetched = [&statuses](const crypto::Certificate& certificate) {
                return statuses.response(certificate.fingerprint());
            }};
}

}  // namespace

bool speaks_for(const crypto::Certificate& certificate, const wire::Id& id) {
    const auto identity = as_certificate_says(id);
    return identity && certificate.identity_fits(*identity);
}

bool speaks_for(const crypto::Certificate& certificate, const IdentityPattern& pattern) {
    if (pattern.exact()) return speaks_for(certificate, pattern.exact()->to_wire());
    const std::vector<crypto::Identity> names = certificate.alternative_names();
    return std::any_of(names.begin(), names.end(), [&](const crypto::Identity& name) {
        return pattern.matches(Identity{as_ike_says(name.kind), name.value});
    });
}

std::string names_of(const crypto::Certificate& certificate) {
    std::string names;
    for (const crypto::Identity& name : certificate.alternative_names())
        names += (names.empty() ? "" : ", ") + to_text(name);
    return names.empty() ? "nobody: it has no subjectAltName" : names;
}

Bytes authority_hashes(const crypto::TrustStore& trust) {
    Bytes hashes;
    for (const crypto::Certificate& authority : trust.cas())
        append(hashes, authority.key_hash());
    return hashes;
}

void put_certificates(const CertificateAuth& own, wire::Payloads& payloads) {
    for (const crypto::Certificate& certificate : own.chain)
        payloads.certs.push_back({static_cast<std::uint8_t>(CertEncoding::kX509Signature), certificate.der()});
}

Result<void, CertificateFlaw> verify_certificate(const CertificateAuth& own, const StatusCache& statuses,
                                                 std::chrono::system_clock::time_point now, const wire::Id& id,
                                                 const wire::Payloads& payloads, ByteView octets) {
    auto certificates = certificates_of(payloads);
    if (!certificates) return Failure{certificates.error()};
    const crypto::Certificate leaf = certificates->front();
    certificates->erase(certificates->begin());
    if (!speaks_for(leaf, id)) {
        return flaw("certificate_identity",
                    "its certificate " + leaf.subject() + " speaks for " + names_of(leaf) + " only");
    }
    const auto believed = own.trust->verify(question(own, statuses, now, leaf, *certificates, payloads));
    if (!believed) return flaw("certificate_" + std::string(name(believed.error().code)), believed.error().message);
    const auto key = leaf.public_key();
    if (!key) return flaw("certificate_weak_key", key.error());
    const auto verified = verify_auth(*key, *payloads.auth, octets);
    if (!verified) return flaw("wrong_signature", verified.error());
    return {};
}

std::optional<crypto::TrustStore::Link> undecided(const CertificateAuth& own, const StatusCache& statuses,
                                                  std::chrono::system_clock::time_point now,
                                                  const wire::Payloads& payloads) {
    auto certificates = certificates_of(payloads);
    if (!certificates) return std::nullopt;
    const crypto::Certificate leaf = certificates->front();
    certificates->erase(certificates->begin());
    return own.trust->undecided(question(own, statuses, now, leaf, *certificates, payloads));
}

}  // namespace esplane::ike
