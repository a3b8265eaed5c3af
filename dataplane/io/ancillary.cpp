#include "dataplane/io/ancillary.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cstring>

namespace esplane::dataplane {
namespace {

/// Behind what is attached already.
template <typename Info>
void attach(msghdr& message, AncillaryRoom& room, int level, int type, const Info& info) {
    message.msg_control = room.octets;
    auto* const header = reinterpret_cast<cmsghdr*>(room.octets + message.msg_controllen);
    message.msg_controllen += CMSG_SPACE(sizeof info);
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(header), &info, sizeof info);
}

template <typename Raw>
ByteView octets_of(const Raw& raw) {
    return {reinterpret_cast<const std::uint8_t*>(&raw), sizeof raw};
}

template <typename Data>
Data data_of(const cmsghdr& header) {
    Data data;
    std::memcpy(&data, CMSG_DATA(&header), sizeof data);
    return data;
}

void read_ipv4(const cmsghdr& header, Beside& beside) {
    if (header.cmsg_type == IP_PKTINFO)
        beside.destination = IpAddress::from_octets(octets_of(data_of<in_pktinfo>(header).ipi_addr));
    else if (header.cmsg_type == IP_TOS)
        beside.traffic_class = data_of<std::uint8_t>(header);
}

void read_ipv6(const cmsghdr& header, Beside& beside) {
    if (header.cmsg_type == IPV6_PKTINFO)
        beside.destination = IpAddress::from_octets(octets_of(data_of<in6_pktinfo>(header).ipi6_addr));
    else if (header.cmsg_type == IPV6_TCLASS)
        beside.traffic_class = static_cast<std::uint8_t>(data_of<int>(header));
}

}  // namespace

socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& to) {
    const ByteView octets = endpoint.address.octets();
    if (endpoint.address.family() == Family::kIpv4) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(endpoint.port);
        std::copy(octets.begin(), octets.end(), reinterpret_cast<std::uint8_t*>(&address.sin_addr));
        std::memcpy(&to, &address, sizeof address);
        return sizeof address;
    }
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::copy(octets.begin(), octets.end(), reinterpret_cast<std::uint8_t*>(&address.sin6_addr));
    std::memcpy(&to, &address, sizeof address);
    return sizeof address;
}

std::optional<Endpoint> from_socket_address(const sockaddr_storage& from) {
    if (from.ss_family == AF_INET) {
        sockaddr_in address;
        std::memcpy(&address, &from, sizeof address);
        return Endpoint{*IpAddress::from_octets(octets_of(address.sin_addr)), ntohs(address.sin_port)};
    }
    if (from.ss_family == AF_INET6) {
        sockaddr_in6 address;
        std::memcpy(&address, &from, sizeof address);
        return Endpoint{*IpAddress::from_octets(octets_of(address.sin6_addr)), ntohs(address.sin6_port)};
    }
    return std::nullopt;
}

void set_source(msghdr& message, AncillaryRoom& room, const IpAddress& source) {
    if (source.is_unspecified()) return;
    const ByteView octets = source.octets();
    if (source.family() == Family::kIpv4) {
        in_pktinfo info{};
        std::copy(octets.begin(), octets.end(), reinterpret_cast<std::uint8_t*>(&info.ipi_spec_dst));
        attach(message, room, IPPROTO_IP, IP_PKTINFO, info);
    } else {
        in6_pktinfo info{};
        std::copy(octets.begin(), octets.end(), reinterpret_cast<std::uint8_t*>(&info.ipi6_addr));
        attach(message, room, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
}

void set_traffic_class(msghdr& message, AncillaryRoom& room, Family family, std::uint8_t traffic_class) {
    // Sockets say 0 by themselves.
    if (traffic_class == 0) return;
    const bool v4 = family == Family::kIpv4;
    attach(message, room, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TOS : IPV6_TCLASS, int{traffic_class});
}

void set_segment_size(msghdr& message, AncillaryRoom& room, std::uint16_t octets) {
    attach(message, room, IPPROTO_UDP, UDP_SEGMENT, octets);
}

Beside read_beside(const msghdr& message) {
    Beside beside;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(const_cast<msghdr*>(&message), header)) {
        if (header->cmsg_level == IPPROTO_IP)
            read_ipv4(*header, beside);
        else if (header->cmsg_level == IPPROTO_IPV6)
            read_ipv6(*header, beside);
        else if (header->cmsg_level == IPPROTO_UDP && header->cmsg_type == UDP_GRO)
            beside.segment_size = static_cast<std::size_t>(std::max(data_of<int>(*header), 0));
        else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SO_RXQ_OVFL)
            beside.dropped_so_far = data_of<std::uint32_t>(*header);
    }
    return beside;
}

std::optional<IpAddress> destination_of(const msghdr& message) {
    return read_beside(message).destination;
}

}  // namespace esplane::dataplane
