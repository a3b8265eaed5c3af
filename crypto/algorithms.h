// The algorithms of IKEv2 and ESP under their IANA transform IDs (RFC 7296 3.3.2), with what each needs of a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace esplane::crypto {

enum class EncrId : std::uint16_t {
    kNull = 11,
    kAesCbc = 12,
    kAesGcm16 = 20,
    kNullAuthAesGmac = 21,
    kChaCha20Poly1305 = 28,
};
enum class PrfId : std::uint16_t { kHmacSha256 = 5, kHmacSha384 = 6, kHmacSha512 = 7 };
enum class IntegId : std::uint16_t { kNone = 0, kHmacSha256_128 = 12, kHmacSha384_192 = 13, kHmacSha512_256 = 14 };
enum class DhId : std::uint16_t {
    kNone = 0,
    kModp2048 = 14,
    kModp3072 = 15,
    kModp4096 = 16,
    kEcp256 = 19,
    kEcp384 = 20,
    kEcp521 = 21,
    kX25519 = 31,
    kMlKem512 = 35,  // draft-ietf-ipsecme-ikev2-mlkem, as the next two: KEMs, for additional key exchanges alone
    kMlKem768 = 36,
    kMlKem1024 = 37,
};

/// An encryption transform with its key length: `key_bits` is 128, 192 or 256 for AES, 256 for ChaCha20, 0 for NULL.
struct Encr {
    EncrId id = EncrId::kAesGcm16;
    std::uint16_t key_bits = 256;
    friend bool operator==(const Encr&, const Encr&) = default;
};

bool is_aead(EncrId id);              ///< protects integrity itself; so does GMAC, which encrypts nothing
bool is_confidential(EncrId id);      ///< false for NULL and GMAC: only for those who ask for it by name
std::size_t key_length(Encr encr);    ///< octets of the cipher key, without the salt
std::size_t salt_length(EncrId id);   ///< octets of salt behind the key: 4 for an AEAD (RFC 4106 8.1), else 0
std::size_t iv_length(EncrId id);     ///< octets of explicit IV in SK and ESP: 8 for an AEAD, 16 for CBC, 0 for NULL
std::size_t icv_length(EncrId id);    ///< octets of the tag of an AEAD, else 0
std::size_t block_length(EncrId id);  ///< octets to which the plaintext is padded: 16 for CBC, 4 for others in ESP
std::size_t key_length(IntegId id);   ///< octets of integrity key
std::size_t icv_length(IntegId id);   ///< octets of the truncated tag
std::size_t output_length(PrfId id);  ///< octets of PRF output, which is also its preferred key length

/// What the Key Length attribute says. AES MUST have it (RFC 7296 3.3.5), NULL and ChaCha20 MUST NOT (RFC 7634 4).
std::optional<std::uint16_t> key_length_attribute(Encr encr);

/// Whether this program implements it. Every list that is offered or chosen from goes through these. NONE (0) of INTEG
/// and DH is implemented, too: where it may be chosen is for the negotiation to say. known_encr() says what both the SK
/// payload and ESP can use, known_esp_encr() what ESP can: more, some of it not confidential.
std::optional<Encr> known_encr(std::uint16_t transform_id, std::optional<std::uint16_t> key_bits);
std::optional<Encr> known_esp_encr(std::uint16_t transform_id, std::optional<std::uint16_t> key_bits);
std::optional<PrfId> known_prf(std::uint16_t transform_id);
std::optional<IntegId> known_integ(std::uint16_t transform_id);
std::optional<DhId> known_dh(std::uint16_t transform_id);
/// Of an additional key exchange (RFC 9370): any of the groups, a KEM, or NONE. Whether there is a KEM here is another
/// question (crypto/key_encapsulation.h).
std::optional<DhId> known_additional(std::uint16_t transform_id);
bool is_kem(DhId id);

/// The names that strongSwan users write: aes256gcm16, aes128 (CBC), chacha20poly1305, sha256, prfsha384, ecp384,
/// modp2048, x25519.
std::string_view name(Encr encr);
std::string_view name(PrfId id);
std::string_view name(IntegId id);
std::string_view name(DhId id);

}  // namespace esplane::crypto
