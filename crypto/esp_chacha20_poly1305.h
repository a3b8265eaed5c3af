// ChaCha20-Poly1305 for ESP (RFC 7634) over ipsec-mb's direct calls, one key a direction of a SA.
#pragma once

#include <span>

#include "crypto/esp_aead.h"
#include "crypto/secret.h"

namespace esplane::crypto {

/// Its const operations may run on several threads at once. Same contract as EspGcm's, octet for octet.
class EspChacha20Poly1305 {
  public:
    /// `key_and_salt`: 32 octets of key and 4 of salt (RFC 7634 2), as KEYMAT yields them. Aborts on another size.
    explicit EspChacha20Poly1305(const Secret& key_and_salt);

    /// Encrypts the slices, in order, to `to`, which holds their total length, and writes the ICV (16 octets) to `icv`.
    /// `to` may be the very memory of a single slice (in place) but must not otherwise overlap.
    void seal(ByteView aad, const AeadIv& iv, std::span<const Slice> from, std::uint8_t* to, std::uint8_t* icv) const;

    /// Decrypts one slice to `to` (in place when the same). False when the ICV is wrong; `to` is then zeroed.
    [[nodiscard]] bool open(ByteView aad, const AeadIv& iv, Slice from, std::uint8_t* to, ByteView icv) const;

  private:
    std::uint32_t salt() const;  ///< in the order of the wire

    Secret key_and_salt_;  // the cipher has no key schedule
};

}  // namespace esplane::crypto
