// What the host's routing says of the way to a peer: the address that we leave from, and what fits.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/result.h"
#include "dataplane/packet/address.h"

namespace esplane::gateway {

struct OuterPath {
    IpAddress local;
    std::uint32_t mtu = 1500;  ///< never above 1500: what lies beyond a jumbo link is unknown
};

/// Asks the kernel, as a socket with this mark would go; sends nothing. The error is the kernel's, as a sentence.
Result<OuterPath, std::string> find_outer_path(const IpAddress& peer, std::uint32_t socket_mark);

}  // namespace esplane::gateway
