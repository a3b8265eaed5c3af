// AES-CBC with HMAC-SHA-2 as jobs of the library, all texts in one burst: it has no direct call for the two.
#pragma once

#include <array>
#include <span>

#include "benchmarks/pipeline/raw_manager.h"
#include "crypto/algorithms.h"
#include "crypto/bytes.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::bench {

/// The IV is what stands in front of the text. As with ESN, four octets more than the packet's are hashed.
class RawCbcHmac {
  public:
    RawCbcHmac(crypto::Encr encr, crypto::IntegId integ);

    void seal(std::span<const MutableByteView> texts) { run(texts, IMB_DIR_ENCRYPT); }
    void open(std::span<const MutableByteView> texts) { run(texts, IMB_DIR_DECRYPT); }

  private:
    void run(std::span<const MutableByteView> texts, IMB_CIPHER_DIRECTION direction);
    void describe(IMB_JOB& job, MutableByteView text, IMB_CIPHER_DIRECTION direction, std::uint8_t* icv) const;

    struct alignas(16) RoundKeys {
        std::array<std::uint8_t, 240> encrypt{};
        std::array<std::uint8_t, 240> decrypt{};
    };

    RawManager manager_;
    RoundKeys keys_;
    alignas(16) std::array<std::uint8_t, 64> hash_state_{1, 2, 3, 4};  // any will do: all cost the same
    std::array<std::array<std::uint8_t, 64>, dataplane::kBurst> icvs_{};
    IMB_HASH_ALG hash_;
    std::uint32_t key_length_;
    std::uint32_t icv_length_;
};

}  // namespace esplane::bench
