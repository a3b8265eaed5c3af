#include "tests/unit/dataplane/support/memory_io.h"

#include <algorithm>

#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane::test {
namespace {

constexpr std::size_t kSlotCapacity = 65536;

}  // namespace

MemoryIo::MemoryIo() : lent_(kBurst, Bytes(kSlotCapacity)) {}

std::size_t MemoryIo::rx(std::span<Received> in) {
    std::size_t count = 0;
    for (; count < std::min(in.size(), at_once) && taken_ < arrivals_.size(); ++count, ++taken_) {
        Arrival& arrival = arrivals_[taken_];
        in[count] = arrival.described;
        in[count].octets = MutableByteView(arrival.octets).first(arrival.length);
    }
    is_lent = count != 0;
    return count;
}

void MemoryIo::release() {
    is_lent = false;
    if (taken_ < arrivals_.size()) return;
    arrivals_.clear();
    taken_ = 0;
}

void MemoryIo::slots(std::span<Slot> lent) {
    for (std::size_t i = 0; i < lent.size(); ++i)
        lent[i] = {.octets = lent_[i].data(), .capacity = kSlotCapacity};
}

std::size_t MemoryIo::tx(std::span<Slot> out) {
    const std::size_t refused = std::min(refuse, out.size());
    refuse -= refused;
    sent_count += out.size() - refused;
    for (Slot& slot : out.first(refused))
        slot.refused = true;
    if (forgets) return refused;
    for (const Slot& slot : out.subspan(refused))
        sent_.push_back({{slot.octets, slot.octets + slot.length},
                         slot.port,
                         slot.outer == nullptr ? Path{} : slot.outer->path,
                         slot.outer == nullptr ? Encapsulation::kNone : slot.outer->encapsulation,
                         slot.traffic_class,
                         slot.dont_fragment});
    return refused;
}

std::optional<TooBigReport> MemoryIo::next_report() {
    if (reports.empty()) return std::nullopt;
    const TooBigReport last = reports.back();
    reports.pop_back();
    return last;
}

void MemoryIo::attach(ClearPort port, int, OffloadSupport) {
    attached.push_back(port);
}

void MemoryIo::detach(ClearPort port) {
    std::erase(attached, port);
}

void MemoryIo::arrive(Bytes octets, ClearPort port) {
    const std::size_t length = octets.size();
    octets.resize(length + kTailroom);
    arrivals_.push_back({std::move(octets), length, {.port = port}});
}

void MemoryIo::arrive(Bytes octets, const Path& outer, Encapsulation encapsulation, std::uint8_t traffic_class) {
    const std::size_t length = octets.size();
    arrivals_.push_back(
        {std::move(octets), length, {.outer = outer, .encapsulation = encapsulation, .traffic_class = traffic_class}});
}

std::vector<Sent> MemoryIo::take() {
    return std::exchange(sent_, {});
}

}  // namespace esplane::dataplane::test
