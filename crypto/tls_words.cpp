#include "crypto/tls_words.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace esplane::crypto {
namespace {

using Code = CertificateFault::Code;

bool is_about_certificate(int alert) {
    switch (alert) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::string words_for_alert(int description) {
    const std::string alert = "the TLS alert '" + std::string(SSL_alert_desc_string_long(description)) + "'";
    if (is_about_certificate(description)) return "it answers our certificate with " + alert;
    if (description == SSL_AD_PROTOCOL_VERSION) return "it answers with " + alert + ": we speak TLS 1.2 only";
    return "it breaks off with " + alert;
}

std::string words_for_tls_error(unsigned long error) {
    switch (ERR_GET_REASON(error)) {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return "it has shown no certificate";
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_VERSION_TOO_LOW:
            return "it does not speak TLS 1.2";
        case SSL_R_NO_SHARED_CIPHER:
            return "it has no TLS suite in common with us; ours are ECDHE with AES-GCM or ChaCha20-Poly1305";
        default:
            break;
    }
    const char* reason = ERR_reason_error_string(error);
    return "its TLS messages do not add up" + (reason == nullptr ? std::string() : ": " + std::string(reason));
}

int openssl_error_of(CertificateFault::Code code) {
    switch (code) {
        case Code::kExpired:
            return X509_V_ERR_CERT_HAS_EXPIRED;
        case Code::kNotYetValid:
            return X509_V_ERR_CERT_NOT_YET_VALID;
        case Code::kSelfSigned:
            return X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
        case Code::kUnknownCa:
            return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
        case Code::kWrongUsage:
            return X509_V_ERR_INVALID_PURPOSE;
        case Code::kPathTooLong:
            return X509_V_ERR_PATH_LENGTH_EXCEEDED;
        case Code::kRevoked:
            return X509_V_ERR_CERT_REVOKED;
        case Code::kBadSignature:
            return X509_V_ERR_CERT_SIGNATURE_FAILURE;
        case Code::kNameConstraint:
        case Code::kRevocationUnknown:
        case Code::kWeakKey:
        case Code::kWeakSignature:
        case Code::kOther:
            break;
    }
    return X509_V_ERR_CERT_REJECTED;
}

}  // namespace esplane::crypto
