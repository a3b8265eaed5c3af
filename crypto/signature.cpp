#include "crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "crypto/openssl.h"
#include "crypto/require.h"
#include "crypto/signature_scheme.h"

namespace esplane::crypto {
namespace {

using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

/// Below, RFC 8247 4.1.1 and NIST call it too weak; above, a stranger's key costs us more than it is worth.
constexpr int kFewestRsaBits = 2048;
constexpr int kMostRsaBits = 8192;

std::optional<KeyKind> curve_of(const EVP_PKEY* key) {
    // A curve that is spelt out may be ours in all but its generator (CVE-2020-0601).
    int is_explicit = 0;
    if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 &&
        is_explicit != 0) {
        return std::nullopt;
    }
    std::array<char, 32> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1) return std::nullopt;
    const std::string_view curve(group.data(), length);
    if (curve == "prime256v1") return KeyKind::kP256;
    if (curve == "secp384r1") return KeyKind::kP384;
    if (curve == "secp521r1") return KeyKind::kP521;
    return std::nullopt;
}

std::optional<KeyKind> kind_of(const EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return KeyKind::kRsa;
        case EVP_PKEY_EC:
            return curve_of(key);
        case EVP_PKEY_ED25519:
            return KeyKind::kEd25519;
        default:
            return std::nullopt;
    }
}

bool fits(SignatureFamily family, KeyKind kind) {
    switch (kind) {
        case KeyKind::kRsa:
            return family == SignatureFamily::kRsaPkcs1 || family == SignatureFamily::kRsaPss;
        case KeyKind::kP256:
        case KeyKind::kP384:
        case KeyKind::kP521:
            return family == SignatureFamily::kEcdsa;
        case KeyKind::kEd25519:
            return family == SignatureFamily::kEd25519;
    }
    return false;
}

/// The parameters of PSS that the scheme fixes; for all others there is nothing to set.
bool set_padding(EVP_PKEY_CTX* context, SignatureFamily family) {
    if (family != SignatureFamily::kRsaPss) return true;  // PKCS#1 is OpenSSL's default
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;  // MGF1 follows the hash
}

struct Method {
    KeyKind kind;
    SignatureScheme scheme;
    std::size_t width;  ///< octets of r and of s
};

Method details(EcdsaMethod method) {
    switch (method) {
        case EcdsaMethod::kP256Sha256:
            return {KeyKind::kP256, SignatureScheme::kEcdsaSha256, 32};
        case EcdsaMethod::kP384Sha384:
            return {KeyKind::kP384, SignatureScheme::kEcdsaSha384, 48};
        case EcdsaMethod::kP521Sha512:
            return {KeyKind::kP521, SignatureScheme::kEcdsaSha512, 66};
    }
    require(false, "an ECDSA method that does not exist was asked for");
    return {};
}

Bytes raw_to_der(ByteView raw) {
    const std::size_t width = raw.size() / 2;
    Bignum r(BN_bin2bn(raw.data(), static_cast<int>(width), nullptr));
    Bignum s(BN_bin2bn(raw.data() + width, static_cast<int>(width), nullptr));
    const EcdsaSignature signature(ECDSA_SIG_new());
    require(r && s && signature && ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1,
            "OpenSSL failed to hold a signature");
    Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
    std::uint8_t* to = der.data();
    i2d_ECDSA_SIG(signature.get(), &to);
    return der;
}

Bytes der_to_raw(ByteView der, std::size_t width) {
    const std::uint8_t* from = der.data();
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size())));
    Bytes raw(2 * width);
    const int padded = static_cast<int>(width);
    require(signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), padded) == padded &&
                BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + width, padded) == padded,
            "OpenSSL made a signature that it cannot read");
    return raw;
}

}  // namespace

std::string_view name(KeyKind kind) {
    static constexpr std::array<std::string_view, 5> kNames{"RSA", "ECDSA P-256", "ECDSA P-384", "ECDSA P-521",
                                                            "Ed25519"};
    return kNames.at(static_cast<std::size_t>(kind));
}

Result<PublicKey, std::string> PublicKey::of(std::shared_ptr<evp_pkey_st> key) {
    const DropErrors drop_errors;
    if (!key) return Failure{std::string("the key cannot be read")};
    const auto kind = kind_of(key.get());
    if (!kind) return Failure{std::string("the key is none of RSA, ECDSA on P-256, P-384 or P-521, Ed25519")};
    const int bits = EVP_PKEY_get_bits(key.get());
    if (*kind == KeyKind::kRsa && bits < kFewestRsaBits) {
        return Failure{"an RSA key of " + std::to_string(bits) + " bits is too weak: it takes " +
                       std::to_string(kFewestRsaBits)};
    }
    if (*kind == KeyKind::kRsa && bits > kMostRsaBits) {
        return Failure{"an RSA key of " + std::to_string(bits) + " bits is longer than the " +
                       std::to_string(kMostRsaBits) + " that are accepted"};
    }
    return PublicKey(std::move(key), *kind);
}

int PublicKey::bits() const {
    return EVP_PKEY_get_bits(key_.get());
}

bool PublicKey::verify(SignatureScheme scheme, ByteView message, ByteView signature) const {
    const DropErrors drop_errors;
    if (!fits(family_of(scheme), kind_)) return false;
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;  // the context's
    return context &&
           EVP_DigestVerifyInit_ex(context.get(), &parameters, hash_name(scheme), nullptr, nullptr, key_.get(),
                                   nullptr) == 1 &&
           set_padding(parameters, family_of(scheme)) &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

bool PublicKey::verify_raw_ecdsa(EcdsaMethod method, ByteView message, ByteView signature) const {
    const Method fixed = details(method);
    if (kind_ != fixed.kind || signature.size() != 2 * fixed.width) return false;
    return verify(fixed.scheme, message, raw_to_der(signature));
}

Result<PrivateKey, std::string> PrivateKey::of(std::shared_ptr<evp_pkey_st> key) {
    auto checked = PublicKey::of(std::move(key));
    if (!checked) return Failure{checked.error()};
    return PrivateKey(std::move(*checked));
}

std::vector<SignatureScheme> PrivateKey::schemes() const {
    using enum SignatureScheme;
    switch (kind()) {
        case KeyKind::kRsa:
            return {kRsaPssSha256,   kRsaPssSha384,   kRsaPssSha512,  //
                    kRsaPkcs1Sha256, kRsaPkcs1Sha384, kRsaPkcs1Sha512};
        case KeyKind::kP256:
            return {kEcdsaSha256, kEcdsaSha384, kEcdsaSha512};
        case KeyKind::kP384:
            return {kEcdsaSha384, kEcdsaSha512, kEcdsaSha256};
        case KeyKind::kP521:
            return {kEcdsaSha512, kEcdsaSha384, kEcdsaSha256};
        case KeyKind::kEd25519:
            return {kEd25519};
    }
    return {};
}

Result<Bytes, std::string> PrivateKey::sign(SignatureScheme scheme, ByteView message) const {
    const DropErrors drop_errors;
    if (!fits(family_of(scheme), kind())) {
        return Failure{"a key of " + std::string(name(kind())) + " cannot sign by " + std::string(name(scheme))};
    }
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;  // the context's
    std::size_t length = 0;
    bool done = context &&
                EVP_DigestSignInit_ex(context.get(), &parameters, hash_name(scheme), nullptr, nullptr, handle(),
                                      nullptr) == 1 &&
                set_padding(parameters, family_of(scheme)) &&
                EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()) == 1;
    Bytes signature(length);
    done = done && EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) == 1;
    if (!done) return Failure{"OpenSSL failed to sign by " + std::string(name(scheme))};
    signature.resize(length);  // ECDSA's are shorter now and then
    return signature;
}

Result<Bytes, std::string> PrivateKey::sign_raw_ecdsa(EcdsaMethod method, ByteView message) const {
    const Method fixed = details(method);
    if (kind() != fixed.kind) {
        return Failure{"a key of " + std::string(name(kind())) + " cannot sign as one of " +
                       std::string(name(fixed.kind))};
    }
    const auto der = sign(fixed.scheme, message);
    if (!der) return Failure{der.error()};
    return der_to_raw(*der, fixed.width);
}

bool same_key(const PublicKey& a, const PublicKey& b) {
    const DropErrors drop_errors;
    return EVP_PKEY_eq(a.handle(), b.handle()) == 1;
}

}  // namespace esplane::crypto
