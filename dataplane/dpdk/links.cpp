#include "dataplane/dpdk/links.h"

#include <utility>

namespace esplane::dataplane {
namespace {

std::vector<PortSetup> setups_of(const std::vector<Port>& ports) {
    std::vector<PortSetup> setups;
    setups.reserve(ports.size());
    for (const Port& port : ports)
        setups.push_back(port.setup());
    return setups;
}

}  // namespace

Links::Links(std::vector<Port> opened, std::uint64_t hash_seed)
    : ports(std::move(opened)),
      setups(setups_of(ports)),
      neighbours({.hash_seed = hash_seed}),
      claims(setups),
      up(ports.size()) {}

}  // namespace esplane::dataplane
