#include "dataplane/link/outer_reassembly.h"

namespace esplane::dataplane {
namespace {

DropReason reason_of(ReassemblyDrop drop) {
    switch (drop) {
        case ReassemblyDrop::kMalformed:
        case ReassemblyDrop::kTooLong:
        case ReassemblyDrop::kTiny:
            return DropReason::kBadFragment;
        case ReassemblyDrop::kOverlap:
            return DropReason::kOverlappingFragment;
        case ReassemblyDrop::kDuplicate:
            return DropReason::kDuplicateFragment;
        case ReassemblyDrop::kMixedEcn:
            return DropReason::kCongestion;
        case ReassemblyDrop::kTooMany:
            return DropReason::kFragmentsFull;
        case ReassemblyDrop::kTimeout:
            return DropReason::kFragmentTimeout;
    }
    return DropReason::kBadFragment;
}

}  // namespace

OuterReassembly::OuterReassembly(std::uint64_t hash_seed, DropCounters& drops)
    : reassembly_({.limits = {.timeout = kPatience, .hash_seed = hash_seed}}), drops_(drops) {}

MutableByteView OuterReassembly::add(MutableByteView fragment, PortNumber port, TimePoint now) {
    const auto outcome = reassembly_.add(fragment, to_number(port), now);
    count_drops();
    return outcome.datagram;
}

void OuterReassembly::expire(TimePoint now) {
    reassembly_.expire(now);
    count_drops();
}

/// What one fragment ends may have been waiting for long: the reassembly's own counts know.
void OuterReassembly::count_drops() {
    for (std::size_t i = 0; i < kReassemblyDropCount; ++i) {
        const auto drop = static_cast<ReassemblyDrop>(i);
        const std::uint64_t all = reassembly_.dropped(drop);
        drops_.count(reason_of(drop), all - counted_[i]);
        counted_[i] = all;
    }
}

}  // namespace esplane::dataplane
