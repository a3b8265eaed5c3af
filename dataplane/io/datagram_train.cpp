#include "dataplane/io/datagram_train.h"

#include <algorithm>

namespace esplane::dataplane {

std::size_t train_length(std::span<const Slot> slots) {
    const Slot& first = slots.front();
    if (first.encapsulation != Encapsulation::kUdp || first.length == 0) return 1;
    const std::size_t most = std::min({slots.size(), kMostInTrain, kMostOctetsInTrain / first.length});
    for (std::size_t count = 1; count < most; ++count) {
        const Slot& next = slots[count];
        const bool fits =
            next.encapsulation == Encapsulation::kUdp && next.length <= first.length && next.outer == first.outer;
        if (!fits) return count;
        if (next.length < first.length) return count + 1;
    }
    return std::max<std::size_t>(most, 1);
}

}  // namespace esplane::dataplane
