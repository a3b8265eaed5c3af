#include "crypto/crl.h"

#include "crypto/distinguished_name.h"
#include "crypto/openssl_x509.h"
#include "crypto/pem.h"

namespace esplane::crypto {
namespace {

bool is_signed_by(X509_CRL* crl, X509* issuer) {
    const X509_ALGOR* algorithm = nullptr;
    X509_CRL_get0_signature(crl, nullptr, &algorithm);
    if (!parse_algorithm_identifier(to_der<i2d_X509_ALGOR>(algorithm))) return false;
    if ((X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0) return false;  // all bits are set where the extension is not
    return X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
}

/// Neither a delta nor limited in what it tells of. Every way to limit a list is a critical extension.
bool is_complete(const X509_CRL* crl) {
    for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
        if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i)) != 0) return false;
    }
    return X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) < 0 &&
           X509_CRL_get_ext_by_NID(crl, NID_issuing_distribution_point, -1) < 0;
}

}  // namespace

Result<Crl, std::string> Crl::from_der(ByteView der) {
    const DropErrors drop_errors;
    const std::uint8_t* at = der.data();
    const std::shared_ptr<X509_CRL> handle(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), X509_CRL_free);
    if (!handle || at != der.data() + der.size()) {
        return Failure{std::string("this is no certificate revocation list")};
    }
    if (!to_seconds(X509_CRL_get0_lastUpdate(handle.get()))) {
        return Failure{std::string("the certificate revocation list has no date that can be read")};
    }
    return Crl(handle);
}

Result<std::vector<Crl>, std::string> Crl::parse(ByteView der_or_pem) {
    std::vector<Crl> crls;
    const std::string_view text(reinterpret_cast<const char*>(der_or_pem.data()), der_or_pem.size());
    if (!looks_like_pem(text)) {
        auto crl = from_der(der_or_pem);
        if (!crl) return Failure{crl.error()};
        crls.push_back(std::move(*crl));
        return crls;
    }
    const auto blocks = parse_pem(text);
    if (!blocks) return Failure{blocks.error()};
    for (const PemBlock& block : *blocks) {
        if (block.label != "X509 CRL") continue;
        auto crl = from_der(block.content.view());
        if (!crl) return Failure{crl.error()};
        crls.push_back(std::move(*crl));
    }
    if (crls.empty()) return Failure{std::string("there is no certificate revocation list (-----BEGIN X509 CRL-----)")};
    return crls;
}

Revocation Crl::status(const Certificate& certificate, const Certificate& issuer, std::chrono::sys_seconds now) const {
    const DropErrors drop_errors;
    if (X509_NAME_cmp(X509_CRL_get_issuer(handle()), X509_get_subject_name(issuer.handle())) != 0 ||
        !is_signed_by(handle(), issuer.handle())) {
        return Revocation::kUnknown;
    }
    X509_REVOKED* entry = nullptr;
    constexpr int kListed = 1;  // 2: listed as no longer revoked, in a delta
    if (X509_CRL_get0_by_cert(handle(), &entry, certificate.handle()) == kListed) return Revocation::kRevoked;
    const bool is_current = this_update() <= now && now <= next_update();
    return is_current && is_complete(handle()) ? Revocation::kGood : Revocation::kUnknown;
}

std::string Crl::issuer() const {
    return distinguished_name_text(X509_CRL_get_issuer(handle()));
}

std::chrono::sys_seconds Crl::this_update() const {
    return to_seconds(X509_CRL_get0_lastUpdate(handle())).value_or(std::chrono::sys_seconds::max());
}

std::chrono::sys_seconds Crl::next_update() const {
    return to_seconds(X509_CRL_get0_nextUpdate(handle())).value_or(std::chrono::sys_seconds::min());
}

}  // namespace esplane::crypto
