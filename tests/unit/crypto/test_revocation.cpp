#include "tests/unit/crypto/test_revocation.h"

#include "crypto/openssl_x509.h"

namespace esplane::crypto::test {
namespace {

Asn1Time asn1(std::chrono::sys_seconds time) {
    return Asn1Time(ASN1_TIME_set(nullptr, time.time_since_epoch().count()));
}

Asn1Time generalized(std::optional<std::chrono::sys_seconds> time) {
    return Asn1Time(time ? ASN1_GENERALIZEDTIME_set(nullptr, time->time_since_epoch().count()) : nullptr);
}

void revoke(X509_CRL* crl, const Certificate& certificate) {
    X509_REVOKED* entry = X509_REVOKED_new();
    require(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.handle())) == 1 &&
                X509_REVOKED_set_revocationDate(entry, asn1(kNow - kDay).get()) == 1 &&
                X509_CRL_add0_revoked(crl, entry) == 1,
            "a test's revocation is none");
}

}  // namespace

Bytes make_crl(const CrlWish& wish, const Made& issuer, const Made& signer) {
    const X509Crl crl(X509_CRL_new());
    require(X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1 &&
                X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate.handle())) == 1 &&
                X509_CRL_set1_lastUpdate(crl.get(), asn1(wish.from).get()) == 1 &&
                (!wish.to || X509_CRL_set1_nextUpdate(crl.get(), asn1(*wish.to).get()) == 1),
            "a test's CRL cannot be made");
    for (const Certificate& certificate : wish.revoked) {
        revoke(crl.get(), certificate);
    }
    if (wish.is_partial) {
        const X509Extension limit(
            X509V3_EXT_nconf(nullptr, nullptr, "issuingDistributionPoint", "critical,onlyCA:TRUE"));
        require(limit && X509_CRL_add_ext(crl.get(), limit.get(), -1) == 1, "a test's limit is none");
    }
    require(X509_CRL_sign(crl.get(), signer.key.get(), EVP_get_digestbyname(wish.hash)) > 0,
            "a test's CRL cannot be signed");
    return to_der<i2d_X509_CRL>(crl.get());
}

Bytes make_ocsp(const OcspWish& wish, const Certificate& certificate, const Made& issuer, const Made& signer) {
    const std::unique_ptr<OCSP_BASICRESP, FreeWith<OCSP_BASICRESP_free>> basic(OCSP_BASICRESP_new());
    const std::unique_ptr<OCSP_CERTID, FreeWith<OCSP_CERTID_free>> id(
        OCSP_cert_to_id(nullptr, certificate.handle(), issuer.certificate.handle()));
    const Asn1Time revoked = generalized(kNow - kDay);
    require(OCSP_basic_add1_status(basic.get(), id.get(), wish.status, 0, revoked.get(), generalized(wish.from).get(),
                                   generalized(wish.to).get()) != nullptr &&
                OCSP_basic_sign(basic.get(), signer.certificate.handle(), signer.key.get(),
                                EVP_get_digestbyname(wish.hash), nullptr, 0) == 1,
            "a test's OCSP response cannot be signed");
    const std::unique_ptr<OCSP_RESPONSE, FreeWith<OCSP_RESPONSE_free>> response(
        OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
    return to_der<i2d_OCSP_RESPONSE>(response.get());
}

}  // namespace esplane::crypto::test
