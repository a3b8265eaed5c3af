#include "dataplane/sa/address_ranges.h"

namespace esplane::dataplane {
namespace {

bool is_range_alone(const std::vector<TrafficSelector>& selectors) {
    return selectors.size() == 1 && selectors[0].protocol == 0 && selectors[0].any_port();
}

}  // namespace

AddressRanges::AddressRanges(const SelectorPair& selectors) {
    if (!is_range_alone(selectors.local) || !is_range_alone(selectors.remote)) return;
    const TrafficSelector& local = selectors.local[0];
    const TrafficSelector& remote = selectors.remote[0];
    family_ = local.first.family();
    are_all_ = remote.first.family() == family_;
    std::size_t next = 0;
    for (const IpAddress& end : {local.first, local.last, remote.first, remote.last}) {
        high_[next] = end.high();
        low_[next] = end.low();
        ++next;
    }
}

}  // namespace esplane::dataplane
