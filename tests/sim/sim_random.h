// Randomness whose nonces a test can make low or high: which of four is the lowest decides rekeys that cross.
#pragma once

#include <optional>

#include "crypto/random.h"

namespace esplane::sim {

class SteeredRandom final : public crypto::Random {
  public:
    explicit SteeredRandom(std::uint64_t seed) : random_(seed) {}
    void fill(MutableByteView out) override;

    /// The first octet of every nonce from now on; empty: by the seed. Other draws of 32 octets are private values,
    /// which it does no harm.
    std::optional<std::uint8_t> lead;

  private:
    crypto::SeededRandom random_;
};

}  // namespace esplane::sim
