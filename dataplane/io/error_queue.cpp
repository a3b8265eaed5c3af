#include "dataplane/io/error_queue.h"

// Before it, or it does not know its own types.
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers)

#include <array>
#include <cerrno>
#include <cstring>

#include "dataplane/io/ancillary.h"

namespace esplane::dataplane {
namespace {

using Kind = QueuedError::Kind;

/// The error, and behind it the address of who reported it; beside it what comes with every message.
struct alignas(cmsghdr) ErrorRoom {
    std::byte octets[CMSG_SPACE(sizeof(sock_extended_err) + sizeof(sockaddr_in6)) + sizeof(AncillaryRoom)];
};

std::optional<sock_extended_err> find_error(const msghdr& message) {
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(const_cast<msghdr*>(&message), header)) {
        const bool v4 = header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR;
        const bool v6 = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR;
        if (!v4 && !v6) continue;
        sock_extended_err error;
        std::memcpy(&error, CMSG_DATA(header), sizeof error);
        return error;
    }
    return std::nullopt;
}

Kind kind_of(const sock_extended_err& error) {
    if (error.ee_origin == SO_EE_ORIGIN_LOCAL && error.ee_errno == EMSGSIZE) return Kind::kTooBigForDevice;
    const bool v4 =
        error.ee_origin == SO_EE_ORIGIN_ICMP && error.ee_type == ICMP_DEST_UNREACH && error.ee_code == ICMP_FRAG_NEEDED;
    const bool v6 = error.ee_origin == SO_EE_ORIGIN_ICMP6 && error.ee_type == ICMP6_PACKET_TOO_BIG;
    return v4 || v6 ? Kind::kTooBigForPath : Kind::kOther;
}

/// What is quoted begins with ESP, as far as it goes: the kernel has taken off IP and UDP. Zero marks IKE (RFC 3948
/// 2.2).
std::optional<Spi> spi_of(ByteView quoted) {
    if (quoted.size() < 4) return std::nullopt;
    const auto spi = load_be<std::uint32_t>(quoted.data());
    if (spi == 0) return std::nullopt;
    return Spi{spi};
}

}  // namespace

std::optional<QueuedError> next_error(const CipherSocket& socket, std::uint16_t natt_port) {
    std::array<std::uint8_t, 4> quoted{};  // the rest is cut off
    iovec part{quoted.data(), quoted.size()};
    sockaddr_storage to{};
    ErrorRoom room;
    msghdr message{.msg_name = &to,
                   .msg_namelen = sizeof to,
                   .msg_iov = &part,
                   .msg_iovlen = 1,
                   .msg_control = room.octets,
                   .msg_controllen = sizeof room.octets,
                   .msg_flags = 0};
    const ssize_t length = recvmsg(socket.fd.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (length < 0) return std::nullopt;
    QueuedError queued;
    const auto error = find_error(message);
    const auto remote = from_socket_address(to);
    if (!error || !remote) return queued;
    queued.kind = kind_of(*error);
    const bool udp = socket.encapsulation == Encapsulation::kUdp;
    const IpAddress local = destination_of(message).value_or(IpAddress::any(socket.family));
    queued.report = {.outer = {.local = {local, udp ? natt_port : std::uint16_t{0}},
                               .remote = {remote->address, udp ? remote->port : std::uint16_t{0}}},
                     .encapsulation = socket.encapsulation,
                     .spi = spi_of(ByteView(quoted).first(static_cast<std::size_t>(length))),
                     .mtu_bytes = error->ee_info};
    return queued;
}

}  // namespace esplane::dataplane
