#include "crypto/algorithms.h"

#include "crypto/require.h"

namespace esplane::crypto {
namespace {

/// Only known_*() make these types from numbers of the wire, so another value is a mistake of ours.
std::size_t no_such_transform() {
    require(false, "a transform that does not exist was asked for its lengths");
    return 0;
}

bool is_aes_key_length(std::uint16_t bits) {
    return bits == 128 || bits == 192 || bits == 256;
}

}  // namespace

bool is_aead(EncrId id) {
    return id == EncrId::kAesGcm16;
}

std::size_t key_length(Encr encr) {
    return is_aes_key_length(encr.key_bits) ? encr.key_bits / 8 : no_such_transform();
}

std::size_t salt_length(EncrId id) {
    switch (id) {
        case EncrId::kAesCbc:
            return 0;
        case EncrId::kAesGcm16:
            return 4;
    }
    return no_such_transform();
}

std::size_t iv_length(EncrId id) {
    switch (id) {
        case EncrId::kAesCbc:
            return 16;
        case EncrId::kAesGcm16:
            return 8;
    }
    return no_such_transform();
}

std::size_t icv_length(EncrId id) {
    switch (id) {
        case EncrId::kAesCbc:
            return 0;
        case EncrId::kAesGcm16:
            return 16;
    }
    return no_such_transform();
}

std::size_t block_length(EncrId id) {
    switch (id) {
        case EncrId::kAesCbc:
            return 16;
        case EncrId::kAesGcm16:
            return 4;
    }
    return no_such_transform();
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
    }
    return std::nullopt;
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
    }
    return std::nullopt;
}

std::string_view name(Encr encr) {
    const bool gcm = encr.id == EncrId::kAesGcm16;
    switch (encr.key_bits) {
        case 128:
            return gcm ? "aes128gcm16" : "aes128";
        case 192:
            return gcm ? "aes192gcm16" : "aes192";
        case 256:
            return gcm ? "aes256gcm16" : "aes256";
        default:
            return "unknown";
    }
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
    }
    return "unknown";
}

}  // namespace esplane::crypto
