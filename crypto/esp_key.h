// The keys of one direction of a CHILD_SA, expanded for its suite.
#pragma once

#include <variant>

#include "crypto/algorithms.h"
#include "crypto/esp_chacha20_poly1305.h"
#include "crypto/esp_gcm.h"
#include "crypto/esp_gmac.h"
#include "crypto/esp_hmac.h"
#include "crypto/secret.h"

namespace esplane::crypto {

/// Move-only, wiped when it ends. EspCiphers of several threads may use one at once.
class EspKey {
  public:
    /// `key_material` as KEYMAT yields it (RFC 7296 2.17): cipher key, salt if the suite has one (RFC 4106 8.1, RFC
    /// 4543 5.4, RFC 7634 2), integrity key. Aborts when its length is not material_length(), or when integrity does
    /// not go with the cipher: kNone with an AEAD, one of the others with CBC and NULL.
    EspKey(Encr encr, IntegId integ, const Secret& key_material);

    static std::size_t material_length(Encr encr, IntegId integ);

    std::size_t iv_length() const { return iv_length_; }
    std::size_t icv_length() const { return icv_length_; }
    std::size_t block_length() const {
        return block_length_;
    }  ///< what the text with its trailer must be a multiple of
    /// Octets of a packet (from SPI to ICV) beyond its text.
    std::size_t overhead() const { return kHeaderLength + iv_length_ + icv_length_; }

    /// Asks for what of the key a text of this length needs, as far as it is not in this object. For keys of GCM alone:
    /// the others' are short.
    void prefetch_for(std::size_t text_octets) const {
        if (const auto* const gcm = std::get_if<EspGcm>(&suite_)) gcm->prefetch_for(text_octets);
    }

    /// Whether many packets in one call to EspCipher cost less than as many calls.
    bool gains_from_batches() const { return std::holds_alternative<EspHmac>(suite_); }

    static constexpr std::size_t kHeaderLength = 8;  ///< SPI and sequence number

  private:
    friend class EspCipher;

    std::variant<EspGcm, EspChacha20Poly1305, EspGmac, EspHmac> suite_;
    std::uint8_t iv_length_;
    std::uint8_t icv_length_;
    std::uint8_t block_length_;
};

}  // namespace esplane::crypto
