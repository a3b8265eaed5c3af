#include "crypto/ocsp.h"

#include "crypto/openssl_x509.h"

namespace esplane::crypto {
namespace {

using Basic = std::unique_ptr<OCSP_BASICRESP, FreeWith<OCSP_BASICRESP_free>>;
using CertificateId = std::unique_ptr<OCSP_CERTID, FreeWith<OCSP_CERTID_free>>;
using Request = std::unique_ptr<OCSP_REQUEST, FreeWith<OCSP_REQUEST_free>>;
using Response = std::unique_ptr<OCSP_RESPONSE, FreeWith<OCSP_RESPONSE_free>>;

constexpr std::chrono::minutes kTolerance{5};

Basic parse(ByteView der) {
    const std::uint8_t* at = der.data();
    const Response response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
    if (!response || at != der.data() + der.size() ||
        OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return nullptr;
    }
    return Basic(OCSP_response_get1_basic(response.get()));
}

bool is_strong(const X509_ALGOR* algorithm) {
    return parse_algorithm_identifier(to_der<i2d_X509_ALGOR>(algorithm)).has_value();
}

/// RFC 6960 4.2.2.2: by the issuer itself, not by a CA above or below it, and for this purpose.
bool is_delegate(X509* signer, const Certificate& issuer, std::chrono::sys_seconds now) {
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, signer);
    const std::uint32_t flags = X509_get_extension_flags(signer);
    const auto not_before = to_seconds(X509_get0_notBefore(signer));
    const auto not_after = to_seconds(X509_get0_notAfter(signer));
    return (flags & (EXFLAG_INVALID | EXFLAG_CRITICAL)) == 0 && (flags & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0 &&
           (X509_get_key_usage(signer) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0 && not_before && not_after &&
           *not_before <= now && now <= *not_after && is_strong(algorithm) &&
           PublicKey::of({X509_get_pubkey(signer), EVP_PKEY_free}).ok() &&
           X509_check_issued(issuer.handle(), signer) == X509_V_OK &&
           X509_verify(signer, X509_get0_pubkey(issuer.handle())) == 1;
}

bool is_signed_rightly(OCSP_BASICRESP* basic, const Certificate& issuer, std::chrono::sys_seconds now) {
    const BorrowedCertificates known(sk_X509_new_null());
    require(known && sk_X509_push(known.get(), issuer.handle()) == 1, "OpenSSL has no memory for certificates");
    X509* signer = nullptr;
    if (!is_strong(OCSP_resp_get0_tbs_sigalg(basic)) || OCSP_resp_get0_signer(basic, &signer, known.get()) != 1) {
        return false;
    }
    if (X509_cmp(signer, issuer.handle()) != 0 && !is_delegate(signer, issuer, now)) return false;
    // Who may sign has been decided: only the signature itself is left.
    return OCSP_basic_verify(basic, known.get(), nullptr, OCSP_NOVERIFY) == 1;
}

/// The identifier carries hashes of the issuer's name and key, by an algorithm that the responder chose.
bool is_about(OCSP_SINGLERESP* single, const Certificate& certificate, const Certificate& issuer) {
    const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(single);
    ASN1_OBJECT* hash = nullptr;
    OCSP_id_get0_info(nullptr, &hash, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
    const EVP_MD* digest = EVP_get_digestbyobj(hash);
    if (digest == nullptr) return false;
    const CertificateId expected(OCSP_cert_to_id(digest, certificate.handle(), issuer.handle()));
    return expected && OCSP_id_cmp(expected.get(), id) == 0;
}

/// Without nextUpdate there is always something newer (RFC 6960 2.4): then it must have been made just now.
bool is_current(const ASN1_TIME* this_update, const ASN1_TIME* next_update, std::chrono::sys_seconds now) {
    const auto from = to_seconds(this_update);
    if (!from || *from > now + kTolerance) return false;
    const auto to = next_update == nullptr ? from : to_seconds(next_update);
    return to && now <= *to + kTolerance;
}

OcspStatus status_of(OCSP_SINGLERESP* single, std::chrono::sys_seconds now) {
    ASN1_GENERALIZEDTIME* this_update = nullptr;
    ASN1_GENERALIZEDTIME* next_update = nullptr;
    const int status = OCSP_single_get0_status(single, nullptr, nullptr, &this_update, &next_update);
    if (status == V_OCSP_CERTSTATUS_REVOKED) return OcspStatus::kRevoked;
    if (!is_current(this_update, next_update, now)) return OcspStatus::kInvalid;
    return status == V_OCSP_CERTSTATUS_GOOD ? OcspStatus::kGood : OcspStatus::kUnknown;
}

}  // namespace

OcspStatus check_ocsp(ByteView response, const Certificate& certificate, const Certificate& issuer,
                      std::chrono::sys_seconds now) {
    const DropErrors drop_errors;
    const Basic basic = parse(response);
    if (!basic || !is_signed_rightly(basic.get(), issuer, now)) return OcspStatus::kInvalid;
    for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
        OCSP_SINGLERESP* single = OCSP_resp_get0(basic.get(), i);
        if (is_about(single, certificate, issuer)) return status_of(single, now);
    }
    return OcspStatus::kInvalid;
}

Bytes make_ocsp_request(const Certificate& certificate, const Certificate& issuer) {
    const DropErrors drop_errors;
    const Request request(OCSP_REQUEST_new());
    // SHA-1, as RFC 5019 2.1.1 has it and responders know it: it names the certificate, and proves nothing.
    CertificateId id(OCSP_cert_to_id(EVP_sha1(), certificate.handle(), issuer.handle()));
    require(request && id && OCSP_request_add0_id(request.get(), id.get()) != nullptr,
            "OpenSSL failed to make an OCSP request");
    static_cast<void>(id.release());
    return to_der<i2d_OCSP_REQUEST>(request.get());
}

}  // namespace esplane::crypto
