// AES-GCM by the library's direct calls, a packet a call.
#pragma once

#include <intel-ipsec-mb.h>

#include <array>
#include <span>

#include "crypto/algorithms.h"
#include "crypto/bytes.h"

namespace esplane::bench {

/// Nonce and additional data (12 octets, as with ESN) are made beforehand.
class RawGcm {
  public:
    explicit RawGcm(crypto::Encr encr);

    void seal(std::span<const MutableByteView> texts);
    void open(std::span<const MutableByteView> texts);

  private:
    static constexpr std::size_t kIcv = 16;

    gcm_key_data key_{};
    gcm_context_data context_{};
    alignas(16) std::array<std::uint8_t, 16> nonce_{};
    std::array<std::uint8_t, 12> aad_{};
    aes_gcm_enc_dec_t seal_;
    aes_gcm_enc_dec_t open_;
};

}  // namespace esplane::bench
