#include "crypto/algorithms.h"

#include "crypto/require.h"

namespace esplane::crypto {
namespace {

constexpr std::uint16_t kChaCha20Bits = 256;

/// Only known_*() make these types from numbers of the wire, so another value is a mistake of ours.
std::size_t no_such_transform() {
    require(false, "a transform that does not exist was asked for its lengths");
    return 0;
}

bool is_aes_key_length(std::uint16_t bits) {
    return bits == 128 || bits == 192 || bits == 256;
}

std::string_view by_key_length(Encr encr, std::string_view aes128, std::string_view aes192, std::string_view aes256) {
    switch (encr.key_bits) {
        case 128:
            return aes128;
        case 192:
            return aes192;
        case 256:
            return aes256;
        default:
            return "unknown";
    }
}

}  // namespace

bool is_aead(EncrId id) {
    return icv_length(id) != 0;
}

bool is_confidential(EncrId id) {
    return id != EncrId::kNull && id != EncrId::kNullAuthAesGmac;
}

std::size_t key_length(Encr encr) {
    switch (encr.id) {
        case EncrId::kNull:
            return encr.key_bits == 0 ? 0 : no_such_transform();
        case EncrId::kChaCha20Poly1305:
            return encr.key_bits == kChaCha20Bits ? kChaCha20Bits / 8 : no_such_transform();
        case EncrId::kAesCbc:
        case EncrId::kAesGcm16:
        case EncrId::kNullAuthAesGmac:
            return is_aes_key_length(encr.key_bits) ? encr.key_bits / 8 : no_such_transform();
    }
    return no_such_transform();
}

std::size_t salt_length(EncrId id) {
    switch (id) {
        case EncrId::kNull:
        case EncrId::kAesCbc:
            return 0;
        case EncrId::kAesGcm16:
        case EncrId::kNullAuthAesGmac:
        case EncrId::kChaCha20Poly1305:
            return 4;
    }
    return no_such_transform();
}

std::size_t iv_length(EncrId id) {
    switch (id) {
        case EncrId::kNull:
            return 0;
        case EncrId::kAesCbc:
            return 16;
        case EncrId::kAesGcm16:
        case EncrId::kNullAuthAesGmac:
        case EncrId::kChaCha20Poly1305:
            return 8;
    }
    return no_such_transform();
}

std::size_t icv_length(EncrId id) {
    switch (id) {
        case EncrId::kNull:
        case EncrId::kAesCbc:
            return 0;
        case EncrId::kAesGcm16:
        case EncrId::kNullAuthAesGmac:
        case EncrId::kChaCha20Poly1305:
            return 16;
    }
    return no_such_transform();
}

std::size_t block_length(EncrId id) {
    switch (id) {
        case EncrId::kAesCbc:
            return 16;
        case EncrId::kNull:
        case EncrId::kAesGcm16:
        case EncrId::kNullAuthAesGmac:
        case EncrId::kChaCha20Poly1305:
            return 4;  // RFC 4303 2.4: the ICV is aligned, whatever the cipher
    }
    return no_such_transform();
}

std::optional<std::uint16_t> key_length_attribute(Encr encr) {
    if (encr.id == EncrId::kNull || encr.id == EncrId::kChaCha20Poly1305) return std::nullopt;
    return encr.key_bits;
}

std::size_t key_length(IntegId id) {
    switch (id) {
        case IntegId::kNone:
            return 0;
        case IntegId::kHmacSha256_128:
            return 32;
        case IntegId::kHmacSha384_192:
            return 48;
        case IntegId::kHmacSha512_256:
            return 64;
    }
    return no_such_transform();
}

std::size_t icv_length(IntegId id) {
    return key_length(id) / 2;  // RFC 4868 2.1.2: the output is truncated to half, the key is as long as the output
}

std::size_t output_length(PrfId id) {
    switch (id) {
        case PrfId::kHmacSha256:
            return 32;
        case PrfId::kHmacSha384:
            return 48;
        case PrfId::kHmacSha512:
            return 64;
    }
    return no_such_transform();
}

std::optional<Encr> known_encr(std::uint16_t transform_id, std::optional<std::uint16_t> key_bits) {
    // RFC 7296 3.3.5: the Key Length attribute MUST be there for ciphers of variable key length, which AES is.
    if (!key_bits || !is_aes_key_length(*key_bits)) return std::nullopt;
    switch (EncrId{transform_id}) {
        case EncrId::kAesCbc:
        case EncrId::kAesGcm16:
            return Encr{EncrId{transform_id}, *key_bits};
        case EncrId::kNull:  // RFC 7296 5: never for IKE itself
        case EncrId::kNullAuthAesGmac:
        case EncrId::kChaCha20Poly1305:  // of which SkCipher has nothing
            break;
    }
    return std::nullopt;
}

std::optional<Encr> known_esp_encr(std::uint16_t transform_id, std::optional<std::uint16_t> key_bits) {
    switch (EncrId{transform_id}) {
        case EncrId::kNull:
            return key_bits ? std::nullopt : std::optional(Encr{EncrId::kNull, 0});
        case EncrId::kChaCha20Poly1305:  // RFC 7634 4: a key of fixed length MUST NOT have the attribute
            return key_bits ? std::nullopt : std::optional(Encr{EncrId::kChaCha20Poly1305, kChaCha20Bits});
        case EncrId::kNullAuthAesGmac:
            if (!key_bits || !is_aes_key_length(*key_bits)) return std::nullopt;
            return Encr{EncrId::kNullAuthAesGmac, *key_bits};
        case EncrId::kAesCbc:
        case EncrId::kAesGcm16:
            break;
    }
    return known_encr(transform_id, key_bits);
}

std::optional<PrfId> known_prf(std::uint16_t transform_id) {
    switch (PrfId{transform_id}) {
        case PrfId::kHmacSha256:
        case PrfId::kHmacSha384:
        case PrfId::kHmacSha512:
            return PrfId{transform_id};
    }
    return std::nullopt;
}

std::optional<IntegId> known_integ(std::uint16_t transform_id) {
    switch (IntegId{transform_id}) {
        case IntegId::kNone:
        case IntegId::kHmacSha256_128:
        case IntegId::kHmacSha384_192:
        case IntegId::kHmacSha512_256:
            return IntegId{transform_id};
    }
    return std::nullopt;
}

std::optional<DhId> known_dh(std::uint16_t transform_id) {
    switch (DhId{transform_id}) {
        case DhId::kNone:
        case DhId::kModp2048:
        case DhId::kModp3072:
        case DhId::kModp4096:
        case DhId::kEcp256:
        case DhId::kEcp384:
        case DhId::kEcp521:
        case DhId::kX25519:
            return DhId{transform_id};
        case DhId::kMlKem512:
        case DhId::kMlKem768:
        case DhId::kMlKem1024:
            break;
    }
    return std::nullopt;
}

std::optional<DhId> known_additional(std::uint16_t transform_id) {
    return is_kem(DhId{transform_id}) ? std::optional(DhId{transform_id}) : known_dh(transform_id);
}

bool is_kem(DhId id) {
    return id == DhId::kMlKem512 || id == DhId::kMlKem768 || id == DhId::kMlKem1024;
}

std::string_view name(Encr encr) {
    switch (encr.id) {
        case EncrId::kNull:
            return "null";
        case EncrId::kAesCbc:
            return by_key_length(encr, "aes128", "aes192", "aes256");
        case EncrId::kAesGcm16:
            return by_key_length(encr, "aes128gcm16", "aes192gcm16", "aes256gcm16");
        case EncrId::kNullAuthAesGmac:
            return by_key_length(encr, "aes128gmac", "aes192gmac", "aes256gmac");
        case EncrId::kChaCha20Poly1305:
            return "chacha20poly1305";
    }
    return "unknown";
}

std::string_view name(PrfId id) {
    switch (id) {
        case PrfId::kHmacSha256:
            return "prfsha256";
        case PrfId::kHmacSha384:
            return "prfsha384";
        case PrfId::kHmacSha512:
            return "prfsha512";
    }
    return "unknown";
}

std::string_view name(IntegId id) {
    switch (id) {
        case IntegId::kNone:
            return "none";
        case IntegId::kHmacSha256_128:
            return "sha256";
        case IntegId::kHmacSha384_192:
            return "sha384";
        case IntegId::kHmacSha512_256:
            return "sha512";
    }
    return "unknown";
}

std::string_view name(DhId id) {
    switch (id) {
        case DhId::kNone:
            return "none";
        case DhId::kModp2048:
            return "modp2048";
        case DhId::kModp3072:
            return "modp3072";
        case DhId::kModp4096:
            return "modp4096";
        case DhId::kEcp256:
            return "ecp256";
        case DhId::kEcp384:
            return "ecp384";
        case DhId::kEcp521:
            return "ecp521";
        case DhId::kX25519:
            return "x25519";
        case DhId::kMlKem512:
            return "mlkem512";
        case DhId::kMlKem768:
            return "mlkem768";
        case DhId::kMlKem1024:
            return "mlkem1024";
    }
    return "unknown";
}

}  // namespace esplane::crypto
