// Randomness is injected: the engine and its tests see this interface only.
#pragma once

#include <array>

#include "crypto/bytes.h"

namespace esplane::crypto {

class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(MutableByteView out) = 0;

    Bytes bytes(std::size_t count);
    std::uint32_t u32();
    std::uint64_t u64();
    /// Uniform in [0, bound); bound must not be 0.
    std::uint64_t below(std::uint64_t bound);
};

/// The operating system's generator through OpenSSL. Aborts if it fails: there is no safe way on. A call of it costs
/// more than the octets do, so some are drawn ahead; each is wiped as it is handed out. One for each thread, and for
/// each process: a copy would yield the same octets.
class SystemRandom final : public Random {
  public:
    SystemRandom() = default;
    ~SystemRandom() override;
    SystemRandom(const SystemRandom&) = delete;
    SystemRandom& operator=(const SystemRandom&) = delete;
    void fill(MutableByteView out) override;

  private:
    std::array<std::uint8_t, 256> ahead_{};
    std::size_t used_ = ahead_.size();
};

/// Reproducible, for simulations and tests only; the same seed gives the same octets on every machine.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(MutableByteView out) override;

  private:
    std::uint64_t state_;
};

}  // namespace esplane::crypto
