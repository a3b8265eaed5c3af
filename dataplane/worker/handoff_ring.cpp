#include "dataplane/worker/handoff_ring.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

/// What stands before the octets of each packet. Records begin at cache lines and never wrap.
struct HandoffRing::Record {
    std::uint32_t stride = 0;  ///< octets until the next one; 0: it is at the beginning of the memory
    Received packet;           ///< its octets follow

    std::uint8_t* octets() { return reinterpret_cast<std::uint8_t*>(this + 1); }
};

namespace {

constexpr std::size_t round_up(std::size_t octets, std::size_t granule) {
    return (octets + granule - 1) / granule * granule;
}

}  // namespace

HandoffRing::HandoffRing(std::size_t capacity)
    : capacity_(capacity),
      base_(static_cast<std::uint8_t*>(
          mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
    if (base_ == MAP_FAILED) throw std::bad_alloc();
}

HandoffRing::~HandoffRing() {
    munmap(base_, capacity_);
}

bool HandoffRing::has_room(std::size_t octets) {
    if (capacity_ - (written_ - head_seen_) >= octets) return true;
    // Acquire: pairs with the release in release(), so that the other side is done with what is overwritten.
    head_seen_ = head_.load(std::memory_order_acquire);
    return capacity_ - (written_ - head_seen_) >= octets;
}

bool HandoffRing::push(const Received& packet) {
    static_assert(std::is_trivially_copyable_v<Record>);
    const std::size_t length = packet.octets.size();
    const std::size_t stride = round_up(sizeof(Record) + length + kTailroom, kCacheLine);
    const std::size_t rest = until_end(written_);
    const std::size_t skipped = stride > rest ? rest : 0;
    if (!has_room(skipped + stride)) return false;
    if (skipped > 0) {
        constexpr std::uint32_t kGoOnAtTheBeginning = 0;
        std::memcpy(at(written_), &kGoOnAtTheBeginning, sizeof kGoOnAtTheBeginning);
        written_ += skipped;
    }
    Record& record = *::new (at(written_)) Record{static_cast<std::uint32_t>(stride), packet};
    record.packet.octets = {record.octets(), length};
    record.packet.headers = nullptr;
    record.packet.frame = nullptr;
    packet.copy_to(record.octets());
    written_ += stride;
    return true;
}

bool HandoffRing::publish() {
    if (tail_.load(std::memory_order_relaxed) == written_) return false;
    // Release: pairs with the acquire in take(), so that the packets are there before the position says so.
    tail_.store(written_, std::memory_order_release);
    return true;
}

std::size_t HandoffRing::take(std::span<Received> out) {
    const std::uint64_t tail = tail_.load(std::memory_order_acquire);  // pairs with the release in publish()
    std::size_t count = 0;
    while (count < out.size() && taken_ != tail) {
        std::uint32_t stride = 0;
        std::memcpy(&stride, at(taken_), sizeof stride);
        if (stride == 0) {
            taken_ += until_end(taken_);
            continue;
        }
        out[count++] = std::launder(reinterpret_cast<Record*>(at(taken_)))->packet;
        taken_ += stride;
    }
    return count;
}

bool HandoffRing::has_more() const {
    return taken_ != tail_.load(std::memory_order_acquire);
}

void HandoffRing::release() {
    head_.store(taken_, std::memory_order_release);  // pairs with the acquire in has_room()
}

}  // namespace esplane::dataplane
