// Digital signatures over OpenSSL, as IKEv2 carries them: with an AlgorithmIdentifier in front (RFC 7427, RFC 8420), or
// as the bare r | s of ECDSA (RFC 4754).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"

struct evp_pkey_st;  // OpenSSL's key, whose headers stay inside crypto/

namespace esplane::crypto {

/// PSS always with MGF1 of the same hash and a salt as long as the hash's output.
enum class SignatureScheme {
    kRsaPkcs1Sha256,
    kRsaPkcs1Sha384,
    kRsaPkcs1Sha512,
    kRsaPssSha256,
    kRsaPssSha384,
    kRsaPssSha512,
    kEcdsaSha256,
    kEcdsaSha384,
    kEcdsaSha512,
    kEd25519,
};

/// E.g. "RSASSA-PSS with SHA2-384".
std::string_view name(SignatureScheme scheme);

/// The DER AlgorithmIdentifier that stands in front of a signature (RFC 7427 appendix A, RFC 8420 appendix A).
ByteView algorithm_identifier(SignatureScheme scheme);
/// Its inverse. Takes every encoding that RFC 4055 allows of the parameters of PSS; empty for whatever is no scheme of
/// ours: SHA-1, MD5, PSS with another salt or mask, octets behind.
std::optional<SignatureScheme> parse_algorithm_identifier(ByteView der);

/// Its hash in SIGNATURE_HASH_ALGORITHMS: 2, 3, 4 for SHA2-256, 384, 512; 5 (Identity) for Ed25519 (RFC 8420).
std::uint16_t hash_number(SignatureScheme scheme);

enum class KeyKind { kRsa, kP256, kP384, kP521, kEd25519 };

/// E.g. "RSA", "ECDSA P-256".
std::string_view name(KeyKind kind);

/// Methods 9, 10 and 11 of the AUTH payload (RFC 4754): the curve, with the hash that belongs to it, fixed.
enum class EcdsaMethod : std::uint8_t { kP256Sha256 = 9, kP384Sha384 = 10, kP521Sha512 = 11 };

/// A public key of a kind that we know, RSA of 2048 to 8192 bits. Copies share it.
class PublicKey {
  public:
    /// Takes a share. The error says what is wrong with the key: "an RSA key of 1024 bits is too weak".
    static Result<PublicKey, std::string> of(std::shared_ptr<evp_pkey_st> key);

    KeyKind kind() const { return kind_; }
    int bits() const;
    /// False as well when the scheme does not fit the key.
    bool verify(SignatureScheme scheme, ByteView message, ByteView signature) const;
    /// `signature` is r | s, each as long as the order of the curve; false when the key is on another curve.
    bool verify_raw_ecdsa(EcdsaMethod method, ByteView message, ByteView signature) const;

    evp_pkey_st* handle() const { return key_.get(); }  ///< for crypto/ only; lives as long as this

  private:
    PublicKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind) : key_(std::move(key)), kind_(kind) {}
    std::shared_ptr<evp_pkey_st> key_;
    KeyKind kind_;
};

/// A private key, under the same conditions. Copies share it; OpenSSL wipes it with the last.
class PrivateKey {
  public:
    static Result<PrivateKey, std::string> of(std::shared_ptr<evp_pkey_st> key);

    KeyKind kind() const { return public_.kind(); }
    int bits() const { return public_.bits(); }
    /// The public half. Shares the key, so it lives in the same memory.
    const PublicKey& public_key() const { return public_; }

    /// What this key can do, best first: PSS before PKCS#1, the hash that fits the curve before the others.
    std::vector<SignatureScheme> schemes() const;
    /// The error is a sentence: the scheme does not fit, or OpenSSL failed.
    Result<Bytes, std::string> sign(SignatureScheme scheme, ByteView message) const;
    /// r | s, each as long as the order of the curve.
    Result<Bytes, std::string> sign_raw_ecdsa(EcdsaMethod method, ByteView message) const;

    evp_pkey_st* handle() const { return public_.handle(); }  ///< for crypto/ only; lives as long as this

  private:
    explicit PrivateKey(PublicKey key) : public_(std::move(key)) {}
    PublicKey public_;
};

/// Whether the two belong together.
bool same_key(const PublicKey& a, const PublicKey& b);

}  // namespace esplane::crypto
