#include "dataplane/dpdk/link_headers.h"

#include <algorithm>

namespace esplane::dataplane {

LinkHeaders::Way LinkHeaders::make(const IpAddress& destination) const {
    const auto has_it = [&](const PortSetup& port) { return port.has(destination); };
    if (std::any_of(links_.setups.begin(), links_.setups.end(), has_it)) return {.is_own = true};
    const auto hop = links_.hops.to_host(destination);
    return hop ? Way{.link = way_to(links_, *hop)} : Way{};
}

}  // namespace esplane::dataplane
