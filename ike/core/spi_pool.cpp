#include "ike/core/spi_pool.h"

namespace esplane::ike {

SpiLease& SpiLease::operator=(SpiLease&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(spi_, other.spi_);
    return *this;
}

SpiLease::~SpiLease() {
    if (pool_ != nullptr) pool_->taken_.erase(dataplane::to_number(spi_));
}

SpiLease SpiPool::lease(crypto::Random& random, dataplane::WorkerId worker) {
    for (;;) {
        const std::uint32_t candidate = (random.u32() & ~dataplane::kWorkerOfSpi) | dataplane::to_number(worker);
        if (candidate < dataplane::kLowestSpi) continue;
        if (taken_.insert(candidate).second) return {this, dataplane::Spi{candidate}};
    }
}

}  // namespace esplane::ike
