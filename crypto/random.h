// Randomness is injected: the engine and its tests see this interface only.
#pragma once

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

/// The operating system's generator through OpenSSL. Aborts if it fails: there is no safe way on.
class SystemRandom final : public Random {
  public:
    void fill(MutableByteView out) override;
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
