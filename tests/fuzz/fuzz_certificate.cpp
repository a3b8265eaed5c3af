// Any octets as what a peer sends of certificates: a certificate, a CRL, an OCSP response, the identifier of a
// signature. Nobody has the private key of the CA that is trusted here, so nothing may ever be trusted, vouched for or
// revoked.
#include <algorithm>

#include "crypto/ocsp.h"
#include "crypto/require.h"
#include "crypto/trust.h"

namespace esplane::crypto {
namespace {

constexpr std::chrono::sys_seconds kNow{std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)};

/// Its key was thrown away.
const Certificate& ca() {
    static const Certificate kCa = Certificate::from_pem(R"(-----BEGIN CERTIFICATE-----
MIIBcDCCARagAwIBAgICEAEwCgYIKoZIzj0EAwIwHzEQMA4GA1UECgwHRXhhbXBs
ZTELMAkGA1UEAwwCQ0EwHhcNMjYwNTMxMDAwMDAwWhcNMzYwNTI5MDAwMDAwWjAf
MRAwDgYDVQQKDAdFeGFtcGxlMQswCQYDVQQDDAJDQTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABImDW/Yd0epVlLWvz9IlUBLUP5behptt40bf863a6/ljzIIXIMHE
SYv/gZbaxgq1yOlpTd4PLJlVCxQSJ3zL8hSjQjBAMA8GA1UdEwEB/wQFMAMBAf8w
DgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBThlGiOw8yaGG71shTs619Nvwyi9DAK
BggqhkjOPQQDAgNIADBFAiBbfN5pGT9CfzzJ+gNzTMWxmfRwVyyJU4pHpAdHqL9U
OQIhAKOBS6s4qQGotaOY9II/rw5Nt+BfHK/3xfuTCyHdrP6r
-----END CERTIFICATE-----
)")
                                       ->front();
    return kCa;
}

/// Of this CA.
const Certificate& leaf() {
    static const Certificate kLeaf = Certificate::from_pem(R"(-----BEGIN CERTIFICATE-----
MIIBcjCCARigAwIBAgICEAIwCgYIKoZIzj0EAwIwHzEQMA4GA1UECgwHRXhhbXBs
ZTELMAkGA1UEAwwCQ0EwHhcNMjYwNTMxMDAwMDAwWhcNMjYwNzAxMDAwMDAwWjAf
MRAwDgYDVQQKDAdFeGFtcGxlMQswCQYDVQQDDAJndzBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABOawKbTiEYkJL+4MPNYzyuz6HBHY9VtUbsOKMgWGt5rIfwp2FqiY
vVUGseIviB0jv/1USCt1SwH4XjDcCP9rmkqjRDBCMAwGA1UdEwEB/wQCMAAwDgYD
VR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMRMA0GA1UdEQQGMASCAmd3
MAoGCCqGSM49BAMCA0gAMEUCIQCZKVpkeQhBfQ/zljTsE0Ax9hzysmCr6BZdMfdx
EP+GcQIgZna81By1npJEKUhOi0IkAXLzc9554H+ZnxAgvQKWkls=
-----END CERTIFICATE-----
)")
                                         ->front();
    return kLeaf;
}

void check_printable(const std::string& text) {
    require(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }),
            "text made of a peer's octets is not printable");
}

void check_names(const Certificate& certificate) {
    check_printable(certificate.subject() + certificate.issuer() + certificate.serial());
    for (const Identity& identity : certificate.alternative_names()) {
        check_printable(to_text(identity));
        require(identity.kind == IdentityKind::kDistinguishedName || certificate.identity_fits(identity),
                "a certificate does not hold what it lists");
    }
    require(!certificate.identity_fits({IdentityKind::kFqdn, {}}), "a certificate speaks for nobody");
}

void judge_certificate(ByteView octets) {
    const auto certificate = Certificate::from_der(octets);
    if (!certificate) return;
    require(std::ranges::equal(certificate->der(), octets), "a certificate is written otherwise than it was read");
    check_names(*certificate);
    if (const auto key = certificate->public_key()) {
        require(key->bits() >= 253, "a weak key was taken");  // Ed25519's, the shortest
        require(!key->verify(SignatureScheme::kEcdsaSha256, as_bytes("message"), octets), "a signature was invented");
    }
    static const TrustStore kTrust = TrustStore::of({ca()}).value();
    const auto verdict = kTrust.verify(
        {.leaf = *certificate, .intermediates = {*certificate}, .now = kNow, .revocation = RevocationPolicy::kOff});
    require(!verdict.ok(), "a stranger's certificate is trusted");
    check_printable(verdict.error().message);
}

void judge_crl(ByteView octets) {
    const auto crls = Crl::parse(octets);
    if (!crls) return;
    for (const Crl& crl : *crls) {
        check_printable(crl.issuer());
        require(crl.status(leaf(), ca(), kNow) == Revocation::kUnknown, "a stranger's CRL counts");
    }
}

void judge_ocsp(ByteView octets) {
    require(check_ocsp(octets, leaf(), ca(), kNow) == OcspStatus::kInvalid, "a stranger's OCSP response counts");
}

void judge_identifier(ByteView octets) {
    if (const auto scheme = parse_algorithm_identifier(octets)) {
        require(parse_algorithm_identifier(algorithm_identifier(*scheme)) == scheme, "a scheme has two readings");
    }
}

/// `what` says how to take the octets.
void judge(std::uint8_t what, ByteView octets) {
    switch (what % 4) {
        case 0:
            return judge_certificate(octets);
        case 1:
            return judge_crl(octets);
        case 2:
            return judge_ocsp(octets);
        default:
            return judge_identifier(octets);
    }
}

}  // namespace
}  // namespace esplane::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) esplane::crypto::judge(data[0], {data + 1, size - 1});
    return 0;
}
