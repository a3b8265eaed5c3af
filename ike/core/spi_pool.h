// Inbound ESP SPIs: random, unique among those in use, never 0 to 255 (RFC 4303 2.1), but for the octet that names the
// worker of the data plane which has the SA.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <utility>

#include "crypto/random.h"
#include "dataplane/sa/types.h"

namespace esplane::ike {

class SpiPool;

/// Holds one SPI and gives it back to the pool, which must outlive it, when it ends.
class SpiLease {
  public:
    SpiLease() = default;
    SpiLease(SpiLease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), spi_(other.spi_) {}
    SpiLease& operator=(SpiLease&& other) noexcept;
    SpiLease(const SpiLease&) = delete;
    SpiLease& operator=(const SpiLease&) = delete;
    ~SpiLease();

    dataplane::Spi spi() const { return spi_; }

  private:
    friend class SpiPool;
    SpiLease(SpiPool* pool, dataplane::Spi spi) : pool_(pool), spi_(spi) {}

    SpiPool* pool_ = nullptr;
    dataplane::Spi spi_{};
};

class SpiPool {
  public:
    SpiLease lease(crypto::Random& random, dataplane::WorkerId worker);
    std::size_t in_use() const { return taken_.size(); }

  private:
    friend class SpiLease;
    std::unordered_set<std::uint32_t> taken_;
};

}  // namespace esplane::ike
