// Addresses as the kernel takes and gives them: socket addresses. And what is said beside each datagram, as ancillary
// data: our own address (IP_PKTINFO, IPV6_PKTINFO; RFC 3542 6), so that one wildcard socket serves every local address;
// DSCP and ECN (IP_TOS, IPV6_TCLASS); how many datagrams a train in one buffer has (UDP_SEGMENT, UDP_GRO; udp(7)).
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <optional>

#include "dataplane/packet/address.h"

namespace esplane::dataplane {

/// Room for all of it at once: packet info of either family, traffic class, segment size, and on receipt the count of
/// overflows. Aligned as the kernel wants it.
struct alignas(cmsghdr) AncillaryRoom {
    std::byte octets[CMSG_SPACE(sizeof(in6_pktinfo)) + 3 * CMSG_SPACE(sizeof(int))];
};

/// Writes the address with its port; the length to hand to the kernel.
socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& to);
std::optional<Endpoint> from_socket_address(const sockaddr_storage& from);

/// Lets the datagram of `message` leave from `source`; nothing when that is unspecified. `room` must outlive the call
/// to the kernel.
void set_source(msghdr& message, AncillaryRoom& room, const IpAddress& source);
/// DSCP and ECN of the datagram's IP header.
void set_traffic_class(msghdr& message, AncillaryRoom& room, Family family, std::uint8_t traffic_class);
/// Lets the kernel cut the octets of `message` into datagrams of this size, the last of which may be shorter.
void set_segment_size(msghdr& message, AncillaryRoom& room, std::uint16_t octets);

/// What the kernel says beside what was received.
struct Beside {
    std::optional<IpAddress> destination;  ///< which of our addresses it was sent to
    std::uint8_t traffic_class = 0;        ///< where the socket asks for it
    std::size_t segment_size = 0;          ///< octets of each datagram but the last; 0 when it is a single one
    /// Where the socket asks for it and there were any: what the kernel had dropped at this socket when it queued this
    /// message, since the socket was opened; modulo 2^32.
    std::optional<std::uint32_t> dropped_so_far;
};
Beside read_beside(const msghdr& message);
/// The first of them alone.
std::optional<IpAddress> destination_of(const msghdr& message);

}  // namespace esplane::dataplane
