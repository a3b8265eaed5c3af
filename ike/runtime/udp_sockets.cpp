#include "ike/runtime/udp_sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "dataplane/io/ancillary.h"
#include "dataplane/io/socket_filter.h"

namespace esplane::ike {

using dataplane::FileDescriptor;

namespace {

constexpr int kBufferBytes = 4 << 20;  // room for a burst of IKE_SA_INITs after a peer's restart

bool set(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

std::string advice(int error) {
    if (error == EADDRINUSE) {
        return "Another IKE daemon (an esplane, strongSwan, libreswan) runs on this host: stop it first";
    }
    if (error == EACCES || error == EPERM) return "Run as root, or with CAP_NET_ADMIN and CAP_NET_BIND_SERVICE";
    return "Look at the system's limits and log";
}

Failure<std::string> failure(Family family, std::uint16_t port, const char* what) {
    const int error = errno;
    return {std::string("cannot ") + what + " UDP port " + std::to_string(port) +
            (family == Family::kIpv4 ? " (IPv4)" : " (IPv6)") + ": " + std::strerror(error) + ". " + advice(error)};
}

/// Path MTU discovery is off: an IKE message longer than the path carries must be fragmented, not refused.
bool configure(int fd, Family family) {
    if (family == Family::kIpv4) {
        return set(fd, IPPROTO_IP, IP_PKTINFO, 1) && set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    }
    return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
           set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
}

bool share_port(const FileDescriptor& socket) {
    return set(socket.get(), SOL_SOCKET, SO_REUSEPORT, 1);
}

/// `shared`: beside another socket at this port. An empty descriptor where the kernel does not have the family.
Result<FileDescriptor, std::string> open_socket(Family family, std::uint16_t port, std::uint32_t mark, bool shared) {
    FileDescriptor socket(
        ::socket(family == Family::kIpv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        if (errno == EAFNOSUPPORT) return FileDescriptor();
        return failure(family, port, "open");
    }
    if (!configure(socket.get(), family)) return failure(family, port, "set the options of");
    if (mark != 0 && !set(socket.get(), SOL_SOCKET, SO_MARK, static_cast<int>(mark))) {
        return failure(family, port, "mark");
    }
    // The privileged form passes the system's limit; where it is refused the system's limit has to do.
    if (!set(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, kBufferBytes)) {
        set(socket.get(), SOL_SOCKET, SO_RCVBUF, kBufferBytes);
    }
    if (shared && !share_port(socket)) return failure(family, port, "share");
    sockaddr_storage any{};
    const socklen_t length = dataplane::to_socket_address({IpAddress::any(family), port}, any);
    if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), length) != 0) {
        if (errno == EADDRNOTAVAIL && family == Family::kIpv6)
            return FileDescriptor();  // IPv6 switched off at run time
        return failure(family, port, "bind");
    }
    return socket;
}

}  // namespace

Result<UdpSockets, std::string> open_udp_sockets(Family family, std::uint16_t port, std::uint32_t mark) {
    UdpSockets made;
    auto peers = open_socket(family, port, mark, false);
    if (!peers) return Failure{peers.error()};
    made.peers = std::move(peers).value();
    if (!made.peers.is_open()) return made;
    // Bound without SO_REUSEPORT, it has found the port free; a second program of ours does not.
    if (!share_port(made.peers)) return failure(family, port, "share");
    auto strangers = open_socket(family, port, mark, true);
    if (!strangers) return Failure{strangers.error()};
    made.strangers = std::move(strangers).value();
    if (!dataplane::set_strangers_apart(made.peers.get())) return failure(family, port, "steer what comes to");
    return made;
}

}  // namespace esplane::ike
