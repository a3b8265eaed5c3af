// AES-GMAC for ESP (ENCR_NULL_AUTH_AES_GMAC of RFC 4543) over ipsec-mb's direct calls: integrity without
// confidentiality, for tests and for those who ask for it by name.
#pragma once

#include <memory>
#include <span>

#include "crypto/esp_aead.h"
#include "crypto/secret.h"

namespace esplane::crypto {

/// One expanded key. Its const operations may run on several threads at once. It stands where an AEAD does: its
/// "ciphertext" is the plaintext.
class EspGmac {
  public:
    /// `key_and_salt`: 16, 24 or 32 octets of key and 4 of salt, as KEYMAT yields them. Aborts on another size.
    explicit EspGmac(const Secret& key_and_salt);
    ~EspGmac();  ///< wipes the expanded key
    EspGmac(EspGmac&&) noexcept;
    EspGmac& operator=(EspGmac&&) noexcept;

    /// Copies the slices, in order, to `to`, and writes the ICV (16 octets) over `aad` | IV | slices (RFC 4543 3.3) to
    /// `icv`. `to` may be the very memory of a single slice but must not otherwise overlap.
    void seal(ByteView aad, const AeadIv& iv, std::span<const Slice> from, std::uint8_t* to, std::uint8_t* icv) const;

    /// Copies the slice to `to` when the ICV is right. Otherwise false, and `to` is zeroed.
    [[nodiscard]] bool open(ByteView aad, const AeadIv& iv, Slice from, std::uint8_t* to, ByteView icv) const;

  private:
    struct Key;
    std::unique_ptr<Key> key_;
};

}  // namespace esplane::crypto
