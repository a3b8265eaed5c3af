#include "dataplane/io/datagram_train.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

bool have_one_header(const Slot& a, const Slot& b) {
    const bool one_way =
        a.outer == b.outer || (a.outer->encapsulation == b.outer->encapsulation && a.outer->path == b.outer->path);
    return one_way && a.traffic_class == b.traffic_class && a.dont_fragment == b.dont_fragment;
}

}  // namespace

std::size_t train_length(std::span<const Slot> slots) {
    const Slot& first = slots.front();
    if (first.outer->encapsulation != Encapsulation::kUdp || first.length == 0) return 1;
    const std::size_t most = std::min({slots.size(), kMostInTrain, kMostOctetsInTrain / first.length});
    for (std::size_t count = 1; count < most; ++count) {
        const Slot& next = slots[count];
        if (next.length > first.length || !have_one_header(next, first)) return count;
        if (next.length < first.length) return count + 1;
    }
    return std::max<std::size_t>(most, 1);
}

}  // namespace esplane::dataplane
