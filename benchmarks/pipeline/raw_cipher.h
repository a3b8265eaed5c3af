// The library's cipher call alone: what a pipeline without any work of its own would cost.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "benchmarks/pipeline/suites.h"
#include "crypto/bytes.h"

namespace esplane::bench {

/// One key, in place, nonce and additional data (12 octets, as with ESN) made beforehand.
class RawCipher {
  public:
    explicit RawCipher(const Suite& suite);

    /// Behind each text there is room for the ICV, which is written.
    void seal(std::span<const MutableByteView> texts);
    /// The ICV is computed, and compared with nothing.
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
