// What the gateway's own addresses say of an address that a packet names.
#pragma once

#include <span>

#include "dataplane/dpdk/options.h"

namespace esplane::dataplane {

/// Whether the prefix that `own` is an address of has the other, too: both are on one link.
bool is_near(const PortAddress& own, const IpAddress& other);

bool is_ours(const IpAddress& address, std::span<const PortAddress> ours);

/// To all that have addresses of the same prefix: RFC 1812 4.2.2.11 (d), and not of those without one (RFC 3021).
bool is_directed_broadcast(const IpAddress& address, std::span<const PortAddress> ours);

/// Whether the source of a packet is one host, and not this one, so that it may be answered: RFC 1122 3.2.1.3, RFC 4291
/// 2.5.
bool is_another_host(const IpAddress& source, std::span<const PortAddress> ours);

}  // namespace esplane::dataplane
