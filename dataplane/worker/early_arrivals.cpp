#include "dataplane/worker/early_arrivals.h"

#include <algorithm>

namespace esplane::dataplane {

EarlyArrivals::EarlyArrivals() : entries_(kMost) {}

bool EarlyArrivals::keep(const Received& received, std::int64_t now, DropCounters& drops) {
    if (received.octets.size() > kLongest) return false;
    if (count_ == kMost) {
        if (!at(0).taken) drops.count(DropReason::kUnknownSpi);
        forget_oldest();
    }
    Entry& entry = at(count_++);
    entry.received = received;
    entry.received.octets = {entry.copy.data(), received.octets.size()};
    entry.received.frame = nullptr;
    std::copy(received.octets.begin(), received.octets.end(), entry.copy.begin());
    entry.arrived = now;
    entry.taken = false;
    return true;
}

void EarlyArrivals::forget_oldest() {
    oldest_ = (oldest_ + 1) % kMost;
    --count_;
}

std::size_t EarlyArrivals::claim(Spi spi, std::span<Received> out) {
    std::size_t claimed = 0;
    for (std::size_t i = 0; i < count_ && claimed < out.size(); ++i) {
        Entry& entry = at(i);
        if (entry.taken || load_be<std::uint32_t>(entry.copy.data()) != to_number(spi)) continue;
        entry.taken = true;
        out[claimed++] = entry.received;
    }
    return claimed;
}

}  // namespace esplane::dataplane
