// How large an inner packet may be before anything is negotiated.
#pragma once

#include <cstdint>

#include "dataplane/sa/inner_sizes.h"
#include "gateway/options.h"

namespace esplane::gateway {

/// `auto` takes the worst of what may be negotiated: the longest overhead of the offered suites, UDP encapsulation,
/// and IPv6 outside when neither end has an address written. What is negotiated then needs no smaller one. `link_mtu`
/// is that of the path to the peer.
dataplane::InnerSizes sizes_beforehand(const TunnelOptions& tunnel, std::uint32_t link_mtu);

/// The MTU of a tunnel's routes, of which `fits` go through it: where the host's own stack fragments, or tells a
/// sender.
std::uint32_t route_mtu(const TunnelOptions& tunnel, std::uint32_t fits);

}  // namespace esplane::gateway
