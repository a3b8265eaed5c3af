#include "crypto/certificate_fault.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>

namespace esplane::crypto {
namespace {

using Code = CertificateFault::Code;

struct Row {
    int error;
    Reason reason;
};

constexpr Row kReasons[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, {Code::kExpired, "has expired"}},
    {X509_V_ERR_CERT_NOT_YET_VALID, {Code::kNotYetValid, "is not valid yet"}},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, {Code::kSelfSigned, "is signed by itself and is not among the CAs"}},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, {Code::kUnknownCa, "is a CA that is not trusted here"}},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, {Code::kUnknownCa, "has an issuer that is not known here"}},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, {Code::kUnknownCa, "has an issuer that is not known here"}},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, {Code::kUnknownCa, "has an issuer that is not known here"}},
    {X509_V_ERR_CERT_UNTRUSTED, {Code::kUnknownCa, "has an issuer that is not trusted here"}},
    {X509_V_ERR_INVALID_CA, {Code::kWrongUsage, "has issued certificates but is no CA"}},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, {Code::kWrongUsage, "has issued certificates, which its keyUsage forbids"}},
    {X509_V_ERR_INVALID_PURPOSE, {Code::kWrongUsage, "may not be used for this"}},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, {Code::kPathTooLong, "stands above more CAs than its path length allows"}},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, {Code::kPathTooLong, "is at the end of a chain that is too long"}},
    {X509_V_ERR_PERMITTED_VIOLATION, {Code::kNameConstraint, "has a name that a CA above it may not certify"}},
    {X509_V_ERR_EXCLUDED_VIOLATION, {Code::kNameConstraint, "has a name that a CA above it may not certify"}},
    {X509_V_ERR_SUBTREE_MINMAX, {Code::kNameConstraint, "is under name constraints that are not understood"}},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE,
     {Code::kNameConstraint, "is under name constraints that are not understood"}},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX,
     {Code::kNameConstraint, "is under name constraints that are not understood"}},
    {X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, {Code::kNameConstraint, "has a name that no name constraint can be held to"}},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, {Code::kBadSignature, "has a signature that is not its issuer's"}},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, {Code::kBadSignature, "has a signature that is not its issuer's"}},
    {X509_V_ERR_EE_KEY_TOO_SMALL, {Code::kWeakKey, "has a key that is too weak"}},
    {X509_V_ERR_CA_KEY_TOO_SMALL, {Code::kWeakKey, "is a CA with a key that is too weak"}},
    {X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, {Code::kWeakKey, "has a key on a curve that is spelt out"}},
    {X509_V_ERR_CA_MD_TOO_WEAK, {Code::kWeakSignature, "is signed with a hash that is too weak, such as SHA-1"}},
    {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, {Code::kOther, "has a critical extension that is not understood"}},
    {X509_V_ERR_INVALID_EXTENSION, {Code::kOther, "has an extension that cannot be read"}},
};

}  // namespace

std::string_view name(Code code) {
    static constexpr std::array<std::string_view, 13> kNames{
        "expired",       "not_yet_valid",   "self_signed", "unknown_ca",         "wrong_usage",
        "path_too_long", "name_constraint", "revoked",     "revocation_unknown", "bad_signature",
        "weak_key",      "weak_signature",  "other"};
    return kNames.at(static_cast<std::size_t>(code));
}

Reason reason_of(int openssl_error) {
    const auto* const row =
        std::find_if(std::begin(kReasons), std::end(kReasons), [&](const Row& r) { return r.error == openssl_error; });
    if (row != std::end(kReasons)) return row->reason;
    return {Code::kOther, X509_verify_cert_error_string(openssl_error)};
}

}  // namespace esplane::crypto
