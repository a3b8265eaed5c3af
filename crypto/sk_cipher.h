// The cipher of the Encrypted payload over OpenSSL: AES-CBC with HMAC (RFC 7296 3.14) or AES-GCM (RFC 5282).
#pragma once

#include <memory>
#include <optional>

#include "crypto/algorithms.h"
#include "crypto/secret.h"

namespace esplane::crypto {

/// The keys of one direction: SK_e (with the salt behind it for an AEAD) and SK_a (empty for an AEAD).
class SkCipher {
  public:
    /// Null when a key's length does not fit its algorithm, when a cipher that is no AEAD comes without integrity or an
    /// AEAD with it, and for ciphers that are for ESP only.
    static std::unique_ptr<SkCipher> create(Encr encr, IntegId integ, Secret sk_e, Secret sk_a);
    virtual ~SkCipher() = default;

    virtual std::size_t iv_length() const = 0;
    virtual std::size_t icv_length() const = 0;
    /// What the plaintext with its pad length octet must be a multiple of: 16 for CBC, 1 for GCM.
    virtual std::size_t block_length() const = 0;

    /// `message` is the whole IKE message with room for everything; `associated` octets of header stand in front of the
    /// IV. Encrypts in place what stands between IV and ICV and writes the ICV. The IV must be there already:
    /// unpredictable for CBC, never repeated for GCM. `message.size() >= associated + iv + icv` (a programming error
    /// otherwise, as is a CBC text that is no multiple of the block).
    virtual void seal(MutableByteView message, std::size_t associated) const = 0;

    /// Inverse, in place: the plaintext (with padding and pad length) as a view into `message`. Empty on a bad ICV,
    /// length or block multiple; then the message's content is undefined, but holds nothing that was decrypted: CBC
    /// verifies the ICV before it decrypts, GCM wipes what it decrypted.
    virtual std::optional<MutableByteView> open(MutableByteView message, std::size_t associated) const = 0;
};

}  // namespace esplane::crypto
