#include "crypto/crl_maker.h"

#include "crypto/making.h"
#include "crypto/openssl_x509.h"
#include "crypto/pem.h"

namespace esplane::crypto {
namespace {

std::string signed_crl(X509_CRL* crl, const Authority& ca, Validity validity) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, ca.certificate.handle(), nullptr, nullptr, crl, 0);
    X509V3_set_ctx_nodb(&context);
    const X509Extension identifier(
        X509V3_EXT_nconf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
    // RFC 5280 5.2.3: it must grow. The time does, as long as nobody makes two lists in a second.
    const Asn1Integer number(ASN1_INTEGER_new());
    require(identifier && number &&
                ASN1_INTEGER_set_int64(number.get(), validity.from.time_since_epoch().count()) == 1 &&
                X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
                X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca.certificate.handle())) == 1 &&
                X509_CRL_set1_lastUpdate(crl, to_asn1(validity.from).get()) == 1 &&
                X509_CRL_set1_nextUpdate(crl, to_asn1(validity.to).get()) == 1 &&
                X509_CRL_add_ext(crl, identifier.get(), -1) == 1 &&
                X509_CRL_add1_ext_i2d(crl, NID_crl_number, number.get(), 0, X509V3_ADD_DEFAULT) == 1 &&
                X509_CRL_sort(crl) == 1 && X509_CRL_sign(crl, ca.key.handle(), hash_for(ca.key.kind())) > 0,
            "OpenSSL failed to make a certificate revocation list");
    return to_pem("X509 CRL", to_der<i2d_X509_CRL>(crl));
}

void add_revoked(X509_CRL* crl, const ASN1_INTEGER* serial, const ASN1_TIME* since) {
    X509_REVOKED* entry = X509_REVOKED_new();
    require(entry && X509_REVOKED_set_serialNumber(entry, const_cast<ASN1_INTEGER*>(serial)) == 1 &&
                X509_REVOKED_set_revocationDate(entry, const_cast<ASN1_TIME*>(since)) == 1 &&
                X509_CRL_add0_revoked(crl, entry) == 1,
            "OpenSSL failed to revoke a certificate");
}

void copy_revoked(X509_CRL* to, const Crl& from) {
    const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(from.handle());
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
        const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
        add_revoked(to, X509_REVOKED_get0_serialNumber(entry), X509_REVOKED_get0_revocationDate(entry));
    }
}

}  // namespace

std::string make_empty_crl(const Authority& ca, Validity validity) {
    const X509Crl crl(X509_CRL_new());
    return signed_crl(crl.get(), ca, validity);
}

Result<std::string, std::string> revoke(const Certificate& certificate, const Crl* former, const Authority& ca,
                                        Validity validity) {
    const DropErrors drop_errors;
    X509* handle = certificate.handle();
    if (X509_check_issued(ca.certificate.handle(), handle) != X509_V_OK || X509_verify(handle, ca.key.handle()) != 1) {
        return Failure{"the certificate of " + certificate.subject() + " is not one of " + ca.certificate.subject()};
    }
    const X509Crl crl(X509_CRL_new());
    if (former != nullptr) {
        X509_REVOKED* entry = nullptr;
        if (X509_CRL_get0_by_serial(former->handle(), &entry, X509_get_serialNumber(handle)) != 0) {
            return Failure{"the certificate of " + certificate.subject() + " has been revoked before"};
        }
        copy_revoked(crl.get(), *former);
    }
    add_revoked(crl.get(), X509_get0_serialNumber(handle), to_asn1(validity.from).get());
    return signed_crl(crl.get(), ca, validity);
}

std::string renew(const Crl& former, const Authority& ca, Validity validity) {
    const X509Crl crl(X509_CRL_new());
    copy_revoked(crl.get(), former);
    return signed_crl(crl.get(), ca, validity);
}

}  // namespace esplane::crypto
