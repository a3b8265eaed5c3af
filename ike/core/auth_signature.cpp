#include "ike/core/auth_signature.h"

#include <algorithm>
#include <array>

namespace esplane::ike {
namespace {

using crypto::EcdsaMethod;
using crypto::KeyKind;
using crypto::SignatureScheme;
using wire::AuthMethod;

constexpr std::array<std::uint16_t, 4> kHashes{2, 3, 4, 5};  // SHA2-256, 384, 512; Identity, for Ed25519
/// RFC 7296 3.8 leaves the hash of method 1 to the signature itself.
constexpr std::array kOfRsaMethod{SignatureScheme::kRsaPkcs1Sha256, SignatureScheme::kRsaPkcs1Sha384,
                                  SignatureScheme::kRsaPkcs1Sha512};

std::optional<EcdsaMethod> ecdsa_method_of(KeyKind kind) {
    switch (kind) {
        case KeyKind::kP256:
            return EcdsaMethod::kP256Sha256;
        case KeyKind::kP384:
            return EcdsaMethod::kP384Sha384;
        case KeyKind::kP521:
            return EcdsaMethod::kP521Sha512;
        default:
            return std::nullopt;
    }
}

wire::Auth auth(AuthMethod method, Bytes value) {
    return {static_cast<std::uint8_t>(method), std::move(value)};
}

/// RFC 7427 3: one octet of length, AlgorithmIdentifier, signature.
Result<wire::Auth, std::string> sign_with(const crypto::PrivateKey& key, SignatureScheme scheme, ByteView octets) {
    const auto signature = key.sign(scheme, octets);
    if (!signature) return Failure{signature.error()};
    const ByteView identifier = crypto::algorithm_identifier(scheme);
    Bytes value{static_cast<std::uint8_t>(identifier.size())};
    append(value, identifier);
    append(value, *signature);
    return auth(AuthMethod::kDigitalSignature, std::move(value));
}

/// For a peer that does not announce hash algorithms.
Result<wire::Auth, std::string> sign_by_method(const crypto::PrivateKey& key, ByteView octets) {
    if (key.kind() == KeyKind::kRsa) {
        auto signature = key.sign(kOfRsaMethod.front(), octets);
        if (!signature) return Failure{signature.error()};
        return auth(AuthMethod::kRsa, *std::move(signature));
    }
    const auto method = ecdsa_method_of(key.kind());
    if (!method) {
        return Failure{
            std::string("it does not know signatures with a hash algorithm of one's choice (RFC 7427), "
                        "and for our key there are no others")};
    }
    auto signature = key.sign_raw_ecdsa(*method, octets);
    if (!signature) return Failure{signature.error()};
    return auth(static_cast<AuthMethod>(*method), *std::move(signature));
}

Result<std::string, std::string> verify_scheme(const crypto::PublicKey& key, ByteView value, ByteView octets) {
    const std::size_t length = value.empty() ? 0 : value.front();
    if (value.size() < 1 + length) return Failure{std::string("its signature is cut off")};
    const auto scheme = crypto::parse_algorithm_identifier(value.subspan(1, length));
    if (!scheme) return Failure{std::string("its signature is of an algorithm that is weak or not known here")};
    if (!key.verify(*scheme, octets, value.subspan(1 + length)))
        return Failure{"its signature by " + std::string(crypto::name(*scheme)) + " does not verify"};
    return std::string(crypto::name(*scheme));
}

Result<std::string, std::string> verify_rsa(const crypto::PublicKey& key, ByteView signature, ByteView octets) {
    for (const SignatureScheme scheme : kOfRsaMethod) {
        if (key.verify(scheme, octets, signature)) return std::string(crypto::name(scheme));
    }
    return Failure{std::string("its RSA signature does not verify by any hash of SHA-2")};
}

Result<std::string, std::string> verify_ecdsa(const crypto::PublicKey& key, EcdsaMethod method, ByteView signature,
                                              ByteView octets) {
    if (key.verify_raw_ecdsa(method, octets, signature)) return std::string(crypto::name(key.kind()));
    return Failure{std::string("its ECDSA signature does not verify")};
}

}  // namespace

wire::Notify hash_algorithms_notify() {
    wire::Notify notify;
    notify.type = static_cast<std::uint16_t>(wire::NotifyType::kSignatureHashAlgorithms);
    notify.data.resize(2 * kHashes.size());
    for (std::size_t i = 0; i < kHashes.size(); ++i)
        store_be(notify.data.data() + 2 * i, kHashes[i]);
    return notify;
}

std::optional<HashNumbers> announced_hashes(const wire::Payloads& payloads) {
    const wire::Notify* notify = payloads.find(wire::NotifyType::kSignatureHashAlgorithms);
    if (notify == nullptr) return std::nullopt;
    HashNumbers hashes;
    for (const std::uint16_t known : kHashes) {
        for (std::size_t at = 0; at + 2 <= notify->data.size(); at += 2) {
            if (load_be<std::uint16_t>(notify->data.data() + at) != known) continue;
            hashes.push_back(known);
            break;
        }
    }
    return hashes;
}

Result<wire::Auth, std::string> sign_auth(const crypto::PrivateKey& key, const std::optional<HashNumbers>& hashes,
                                          ByteView octets) {
    if (!hashes) return sign_by_method(key, octets);
    for (const SignatureScheme scheme : key.schemes()) {
        if (std::find(hashes->begin(), hashes->end(), crypto::hash_number(scheme)) != hashes->end())
            return sign_with(key, scheme, octets);
    }
    return Failure{std::string("it verifies no hash algorithm that our key can sign with")};
}

Result<std::string, std::string> verify_auth(const crypto::PublicKey& key, const wire::Auth& auth, ByteView octets) {
    switch (AuthMethod{auth.method}) {
        case AuthMethod::kDigitalSignature:
            return verify_scheme(key, auth.value, octets);
        case AuthMethod::kRsa:
            return verify_rsa(key, auth.value, octets);
        case AuthMethod::kEcdsaP256:
        case AuthMethod::kEcdsaP384:
        case AuthMethod::kEcdsaP521:
            return verify_ecdsa(key, EcdsaMethod{auth.method}, auth.value, octets);
        default:
            return Failure{"it proves itself by method " + std::to_string(auth.method) + ", which is no signature"};
    }
}

}  // namespace esplane::ike
