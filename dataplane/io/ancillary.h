// Addresses as the kernel takes and gives them: socket addresses, and our own address of each datagram as ancillary
// data (IP_PKTINFO, IPV6_PKTINFO; RFC 3542 6), so that one wildcard socket serves every local address. And how many
// datagrams a train in one buffer has (UDP_SEGMENT, UDP_GRO; udp(7)).
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <optional>

#include "dataplane/packet/address.h"

namespace esplane::dataplane {

/// Room for the packet info of either family and a segment size, aligned as the kernel wants it.
struct alignas(cmsghdr) AncillaryRoom {
    std::byte octets[CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int))];
};

/// Writes the address with its port; the length to hand to the kernel.
socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& to);
std::optional<Endpoint> from_socket_address(const sockaddr_storage& from);

/// Lets the datagram of `message` leave from `source`; nothing when that is unspecified. `room` must outlive the call
/// to the kernel.
void set_source(msghdr& message, AncillaryRoom& room, const IpAddress& source);
/// Lets the kernel cut the octets of `message` into datagrams of this size, the last of which may be shorter.
void set_segment_size(msghdr& message, AncillaryRoom& room, std::uint16_t octets);
/// Which of our addresses a received datagram was sent to.
std::optional<IpAddress> destination_of(const msghdr& message);
/// Octets of each datagram but the last in what was received; 0 when it is a single one.
std::size_t segment_size_of(const msghdr& message);

}  // namespace esplane::dataplane
