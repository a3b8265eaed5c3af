// Addresses as the kernel takes and gives them: socket addresses, and our own address of each datagram as ancillary
// data (IP_PKTINFO, IPV6_PKTINFO; RFC 3542 6), so that one wildcard socket serves every local address.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <optional>

#include "dataplane/packet/address.h"

namespace esplane::dataplane {

/// Room for one packet info message of either family, aligned as the kernel wants it.
struct alignas(cmsghdr) AncillaryRoom {
    std::byte octets[CMSG_SPACE(sizeof(in6_pktinfo))];
};

/// Writes the address with its port; the length to hand to the kernel.
socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& to);
std::optional<Endpoint> from_socket_address(const sockaddr_storage& from);

/// Lets the datagram of `message` leave from `source`; nothing when that is unspecified. `room` must outlive the call
/// to the kernel.
void set_source(msghdr& message, AncillaryRoom& room, const IpAddress& source);
/// Which of our addresses a received datagram was sent to.
std::optional<IpAddress> destination_of(const msghdr& message);

}  // namespace esplane::dataplane
