#include "dataplane/dpdk/links.h"

#include <utility>

namespace esplane::dataplane {

Links::Links(std::vector<Port> opened, std::uint64_t hash_seed)
    : ports(std::move(opened)), neighbours({.hash_seed = hash_seed}) {
    for (const Port& port : ports)
        setups.push_back(port.setup());
}

}  // namespace esplane::dataplane
