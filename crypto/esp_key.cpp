#include "crypto/esp_key.h"

#include "crypto/require.h"

namespace esplane::crypto {
namespace {

std::variant<EspGcm, EspChacha20Poly1305, EspGmac, EspHmac> expand(Encr encr, IntegId integ, const Secret& material) {
    require(is_aead(encr.id) == (integ == IntegId::kNone), "integrity of a suite for ESP does not go with its cipher");
    require(material.size() == EspKey::material_length(encr, integ), "keys for ESP are not of their length");
    switch (encr.id) {
        case EncrId::kAesGcm16:
            return EspGcm(material);
        case EncrId::kChaCha20Poly1305:
            return EspChacha20Poly1305(material);
        case EncrId::kNullAuthAesGmac:
            return EspGmac(material);
        case EncrId::kAesCbc:
        case EncrId::kNull:
            break;
    }
    return EspHmac(encr, integ, material);
}

}  // namespace

EspKey::EspKey(Encr encr, IntegId integ, const Secret& key_material)
    : suite_(expand(encr, integ, key_material)),
      iv_length_(static_cast<std::uint8_t>(crypto::iv_length(encr.id))),
      icv_length_(
          static_cast<std::uint8_t>(is_aead(encr.id) ? crypto::icv_length(encr.id) : crypto::icv_length(integ))),
      block_length_(static_cast<std::uint8_t>(crypto::block_length(encr.id))) {}

std::size_t EspKey::material_length(Encr encr, IntegId integ) {
    return key_length(encr) + salt_length(encr.id) + key_length(integ);
}

}  // namespace esplane::crypto
