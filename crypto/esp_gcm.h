// AES-GCM with a 16-octet ICV for ESP (RFC 4106) over ipsec-mb's direct calls, one key a direction of a SA.
#pragma once

#include <memory>
#include <span>

#include "crypto/esp_aead.h"
#include "crypto/secret.h"

namespace esplane::crypto {

/// One expanded key. Its const operations may run on several threads at once.
class EspGcm {
  public:
    static constexpr std::size_t kIvLength = kAeadIvLength;
    static constexpr std::size_t kIcvLength = kAeadIcvLength;
    static constexpr std::size_t kSaltLength = kAeadSaltLength;
    using Iv = AeadIv;

    /// `key_and_salt`: 16, 24 or 32 octets of key and 4 of salt, as KEYMAT yields them. Aborts on another size, or when
    /// ipsec-mb does not support this CPU.
    explicit EspGcm(const Secret& key_and_salt);
    ~EspGcm();  ///< wipes the expanded key
    EspGcm(EspGcm&&) noexcept;
    EspGcm& operator=(EspGcm&&) noexcept;

    /// Asks for the lines of the key that a text of this length needs.
    void prefetch_for(std::size_t text_octets) const;

    /// Encrypts the slices, in order, to `to`, which holds their total length, and writes the ICV (16 octets) to `icv`.
    /// `to` may be the very memory of a single slice (in place) but must not otherwise overlap. `aad` is 8 or 12
    /// octets.
    void seal(ByteView aad, const Iv& iv, std::span<const Slice> from, std::uint8_t* to, std::uint8_t* icv) const;

    /// Decrypts one slice to `to` (in place when the same). False when the ICV is wrong; `to` is then zeroed.
    [[nodiscard]] bool open(ByteView aad, const Iv& iv, Slice from, std::uint8_t* to, ByteView icv) const;

  private:
    struct Key;
    std::unique_ptr<Key> key_;
};

}  // namespace esplane::crypto
