// The link that the host's routing chooses towards a peer.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/packet/address.h"

namespace esplane::gateway {

/// Its MTU, or that of the route where an operator has written one; for packets of a socket with this mark. What
/// routers have reported by ICMP, and the kernel remembers, is left out: anyone can send that. Empty when there is no
/// route.
std::optional<std::uint32_t> link_mtu_towards(const IpAddress& peer, std::uint32_t socket_mark);

}  // namespace esplane::gateway
