#include "ike/runtime/udp_transport.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "dataplane/io/ancillary.h"

namespace esplane::ike {

using dataplane::AncillaryRoom;
using dataplane::FileDescriptor;

namespace {

constexpr std::size_t kLongestDatagram = 65535;

/// What the kernel reads and writes for a burst; the messages point into the rest.
struct Burst {
    std::array<sockaddr_storage, UdpTransport::kBurst> addresses;
    std::array<AncillaryRoom, UdpTransport::kBurst> rooms;
    std::array<iovec, UdpTransport::kBurst> vectors;
    std::array<mmsghdr, UdpTransport::kBurst> messages;

    msghdr& prepare(std::size_t index, std::uint8_t* octets, std::size_t length) {
        vectors[index] = {octets, length};
        messages[index] = {};
        msghdr& message = messages[index].msg_hdr;
        message.msg_name = &addresses[index];
        message.msg_iov = &vectors[index];
        message.msg_iovlen = 1;
        return message;
    }
};

}  // namespace

Result<UdpTransport, std::string> UdpTransport::open(std::uint16_t port, std::uint32_t socket_mark) {
    UdpTransport transport;
    transport.port_ = port;
    transport.room_ = std::make_unique_for_overwrite<std::uint8_t[]>(kBurst * kLongestDatagram);
    for (const auto& [family, into] : {std::pair{Family::kIpv4, &transport.ipv4_}, {Family::kIpv6, &transport.ipv6_}}) {
        auto sockets = open_udp_sockets(family, port, socket_mark);
        if (!sockets) return Failure{sockets.error()};
        *into = std::move(sockets).value();
    }
    return transport;
}

std::vector<int> UdpTransport::descriptors() const {
    std::vector<int> result;
    for (const FileDescriptor* socket : {&ipv4_.peers, &ipv6_.peers, &ipv4_.strangers, &ipv6_.strangers}) {
        if (socket->is_open()) result.push_back(socket->get());
    }
    return result;
}

std::span<const Datagram> UdpTransport::receive(int fd) {
    Burst burst;
    for (std::size_t i = 0; i < kBurst; ++i) {
        msghdr& message = burst.prepare(i, &room_[i * kLongestDatagram], kLongestDatagram);
        message.msg_namelen = sizeof burst.addresses[i];
        message.msg_control = burst.rooms[i].octets;
        message.msg_controllen = sizeof burst.rooms[i].octets;
    }
    incoming_.clear();
    const int count = recvmmsg(fd, burst.messages.data(), kBurst, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, nullptr);
    for (int i = 0; i < count; ++i) {
        const mmsghdr& message = burst.messages[static_cast<std::size_t>(i)];
        const auto remote = dataplane::from_socket_address(burst.addresses[static_cast<std::size_t>(i)]);
        const auto local = dataplane::destination_of(message.msg_hdr);
        if (!remote || !local || (message.msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) continue;
        const auto* octets = static_cast<const std::uint8_t*>(message.msg_hdr.msg_iov->iov_base);
        incoming_.push_back({{{*local, port_}, *remote}, {octets, message.msg_len}});
    }
    return incoming_;
}

void UdpTransport::send(const Path& path, Bytes datagram) {
    outgoing_.push_back({path, std::move(datagram)});
}

int UdpTransport::socket_towards(const Outgoing& datagram) const {
    const bool is_ipv4 = datagram.path.remote.address.family() == Family::kIpv4;
    return (is_ipv4 ? ipv4_ : ipv6_).peers.get();
}

/// Those at the front that are for the same socket, a burst at most: how many were taken, at least one, or -1 with
/// errno for the first.
int UdpTransport::send_some(std::span<Outgoing> datagrams) {
    const int socket = socket_towards(datagrams.front());
    if (socket < 0) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    Burst burst;
    unsigned count = 0;
    for (Outgoing& each : datagrams) {
        if (count == kBurst || socket_towards(each) != socket) break;
        msghdr& message = burst.prepare(count, each.datagram.data(), each.datagram.size());
        message.msg_namelen = dataplane::to_socket_address(each.path.remote, burst.addresses[count]);
        dataplane::set_source(message, burst.rooms[count], each.path.local.address);
        ++count;
    }
    for (;;) {
        const int sent = sendmmsg(socket, burst.messages.data(), count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0 || errno != EINTR) return sent;
    }
}

void UdpTransport::flush(const SendFailed& failed) {
    if (outgoing_.empty()) return;
    // Whoever hears of a failure may send something.
    std::vector<Outgoing> datagrams = std::exchange(outgoing_, {});
    for (std::span<Outgoing> rest = datagrams; !rest.empty();) {
        const int sent = send_some(rest);
        if (sent < 0) failed(rest.front().path, errno);
        rest = rest.subspan(sent < 0 ? 1 : static_cast<std::size_t>(sent));
    }
    // Its memory serves again.
    datagrams.clear();
    if (outgoing_.empty()) outgoing_ = std::move(datagrams);
}

}  // namespace esplane::ike
