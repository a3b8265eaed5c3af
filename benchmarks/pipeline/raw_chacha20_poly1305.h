// ChaCha20-Poly1305 by the library's direct calls, three a packet.
#pragma once

#include <array>
#include <span>

#include "benchmarks/pipeline/raw_manager.h"
#include "crypto/bytes.h"

namespace esplane::bench {

/// Nonce and additional data (12 octets, as with ESN) are made beforehand.
class RawChacha20Poly1305 {
  public:
    RawChacha20Poly1305() : manager_(make_raw_manager()) {}

    void seal(std::span<const MutableByteView> texts);
    void open(std::span<const MutableByteView> texts);

  private:
    static constexpr std::size_t kIcv = 16;

    RawManager manager_;
    chacha20_poly1305_context_data context_{};
    alignas(16) std::array<std::uint8_t, 32> key_{1, 2, 3, 4, 5, 6, 7, 8};
    alignas(16) std::array<std::uint8_t, 16> nonce_{};
    std::array<std::uint8_t, 12> aad_{};
};

}  // namespace esplane::bench
