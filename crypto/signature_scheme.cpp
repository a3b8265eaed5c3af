#include "crypto/signature_scheme.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "crypto/openssl.h"

namespace esplane::crypto {
namespace {

using AlgorithmIdentifier = std::unique_ptr<X509_ALGOR, FreeWith<X509_ALGOR_free>>;
using PssParameters = std::unique_ptr<RSA_PSS_PARAMS, FreeWith<RSA_PSS_PARAMS_free>>;

struct Scheme {
    SignatureScheme id;
    std::string_view name;
    SignatureFamily family;
    const char* hash_name;
    std::uint16_t hash_number;
    std::string_view identifier;  ///< in hexadecimal
};

// RFC 7427 appendix A; of PSS without the trailer field, which has its default there: DER leaves such values out.
constexpr Scheme kSchemes[] = {
    {SignatureScheme::kRsaPkcs1Sha256, "RSA PKCS#1 v1.5 with SHA2-256", SignatureFamily::kRsaPkcs1, "SHA2-256", 2,
     "300d 06092a864886f70d01010b 0500"},
    {SignatureScheme::kRsaPkcs1Sha384, "RSA PKCS#1 v1.5 with SHA2-384", SignatureFamily::kRsaPkcs1, "SHA2-384", 3,
     "300d 06092a864886f70d01010c 0500"},
    {SignatureScheme::kRsaPkcs1Sha512, "RSA PKCS#1 v1.5 with SHA2-512", SignatureFamily::kRsaPkcs1, "SHA2-512", 4,
     "300d 06092a864886f70d01010d 0500"},
    {SignatureScheme::kRsaPssSha256, "RSASSA-PSS with SHA2-256", SignatureFamily::kRsaPss, "SHA2-256", 2,
     "3041 06092a864886f70d01010a 3034 a00f 300d 0609608648016503040201 0500"
     "a11c 301a 06092a864886f70d010108 300d 0609608648016503040201 0500 a203 020120"},
    {SignatureScheme::kRsaPssSha384, "RSASSA-PSS with SHA2-384", SignatureFamily::kRsaPss, "SHA2-384", 3,
     "3041 06092a864886f70d01010a 3034 a00f 300d 0609608648016503040202 0500"
     "a11c 301a 06092a864886f70d010108 300d 0609608648016503040202 0500 a203 020130"},
    {SignatureScheme::kRsaPssSha512, "RSASSA-PSS with SHA2-512", SignatureFamily::kRsaPss, "SHA2-512", 4,
     "3041 06092a864886f70d01010a 3034 a00f 300d 0609608648016503040203 0500"
     "a11c 301a 06092a864886f70d010108 300d 0609608648016503040203 0500 a203 020140"},
    {SignatureScheme::kEcdsaSha256, "ECDSA with SHA2-256", SignatureFamily::kEcdsa, "SHA2-256", 2,
     "300a 06082a8648ce3d040302"},
    {SignatureScheme::kEcdsaSha384, "ECDSA with SHA2-384", SignatureFamily::kEcdsa, "SHA2-384", 3,
     "300a 06082a8648ce3d040303"},
    {SignatureScheme::kEcdsaSha512, "ECDSA with SHA2-512", SignatureFamily::kEcdsa, "SHA2-512", 4,
     "300a 06082a8648ce3d040304"},
    {SignatureScheme::kEd25519, "Ed25519", SignatureFamily::kEd25519, nullptr, 5, "3005 06032b6570"},
};

constexpr std::size_t kCount = std::size(kSchemes);

const Scheme& details(SignatureScheme scheme) {
    return *std::find_if(std::begin(kSchemes), std::end(kSchemes) - 1,
                         [scheme](const Scheme& row) { return row.id == scheme; });
}

const std::array<Bytes, kCount>& identifiers() {
    static const auto all = [] {
        std::array<Bytes, kCount> octets;
        for (std::size_t i = 0; i < kCount; ++i) {
            octets[i] = from_hex(kSchemes[i].identifier);
        }
        return octets;
    }();
    return all;
}

/// The parameters when they are of this type and nothing follows, else null.
PssParameters pss_parameters(ByteView der) {
    const std::uint8_t* at = der.data();
    const AlgorithmIdentifier whole(d2i_X509_ALGOR(nullptr, &at, static_cast<long>(der.size())));
    if (!whole || at != der.data() + der.size()) return nullptr;
    const ASN1_OBJECT* object = nullptr;
    int type = 0;
    const void* value = nullptr;
    X509_ALGOR_get0(&object, &type, &value, whole.get());
    if (OBJ_obj2nid(object) != NID_rsassaPss || type != V_ASN1_SEQUENCE) return nullptr;
    return PssParameters(static_cast<RSA_PSS_PARAMS*>(
        ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(RSA_PSS_PARAMS))));
}

/// A hash with parameters that are absent or NULL: both are to be accepted (RFC 4055 2.1).
int hash_nid(const X509_ALGOR* algorithm) {
    const ASN1_OBJECT* object = nullptr;
    int type = 0;
    X509_ALGOR_get0(&object, &type, nullptr, algorithm);
    return type == V_ASN1_UNDEF || type == V_ASN1_NULL ? OBJ_obj2nid(object) : NID_undef;
}

int mask_hash_nid(const X509_ALGOR* mask) {
    const ASN1_OBJECT* object = nullptr;
    int type = 0;
    const void* value = nullptr;
    X509_ALGOR_get0(&object, &type, &value, mask);
    if (OBJ_obj2nid(object) != NID_mgf1 || type != V_ASN1_SEQUENCE) return NID_undef;
    const AlgorithmIdentifier hash(
        static_cast<X509_ALGOR*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(X509_ALGOR))));
    return hash ? hash_nid(hash.get()) : NID_undef;
}

/// What is absent has its default, and those are SHA-1 and a salt of 20 octets: not ours.
std::optional<SignatureScheme> parse_pss(ByteView der) {
    const PssParameters parameters = pss_parameters(der);
    if (!parameters || parameters->hashAlgorithm == nullptr || parameters->maskGenAlgorithm == nullptr ||
        parameters->saltLength == nullptr) {
        return std::nullopt;
    }
    if (parameters->trailerField != nullptr && ASN1_INTEGER_get(parameters->trailerField) != 1) return std::nullopt;
    const int hash = hash_nid(parameters->hashAlgorithm);
    if (mask_hash_nid(parameters->maskGenAlgorithm) != hash) return std::nullopt;
    const long salt = ASN1_INTEGER_get(parameters->saltLength);
    if (hash == NID_sha256 && salt == 32) return SignatureScheme::kRsaPssSha256;
    if (hash == NID_sha384 && salt == 48) return SignatureScheme::kRsaPssSha384;
    if (hash == NID_sha512 && salt == 64) return SignatureScheme::kRsaPssSha512;
    return std::nullopt;
}

}  // namespace

std::string_view name(SignatureScheme scheme) {
    return details(scheme).name;
}

ByteView algorithm_identifier(SignatureScheme scheme) {
    return identifiers().at(static_cast<std::size_t>(&details(scheme) - kSchemes));
}

std::optional<SignatureScheme> parse_algorithm_identifier(ByteView der) {
    for (const Scheme& scheme : kSchemes) {
        if (std::ranges::equal(algorithm_identifier(scheme.id), der)) return scheme.id;
    }
    const DropErrors drop_errors;
    return parse_pss(der);
}

std::uint16_t hash_number(SignatureScheme scheme) {
    return details(scheme).hash_number;
}

SignatureFamily family_of(SignatureScheme scheme) {
    return details(scheme).family;
}

const char* hash_name(SignatureScheme scheme) {
    return details(scheme).hash_name;
}

}  // namespace esplane::crypto
