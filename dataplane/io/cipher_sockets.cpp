#include "dataplane/io/cipher_sockets.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

#include "dataplane/io/ancillary.h"
#include "dataplane/io/cipher_options.h"

namespace esplane::dataplane {
namespace {

bool bind_wildcard(int fd, Family family, std::uint16_t port) {
    sockaddr_storage address{};
    const socklen_t length = to_socket_address({IpAddress::any(family), port}, address);
    return bind(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0;
}

/// Both directions are the kernel's offer: where it has none, datagrams come and go one by one.
bool ask_for_trains(int fd) {
    const int one = 1;
    setsockopt(fd, IPPROTO_UDP, UDP_GRO, &one, sizeof one);
    const int none_by_default = 0;
    return setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &none_by_default, sizeof none_by_default) == 0;
}

std::string advice(int error) {
    if (error == EADDRINUSE)
        return "; another IPsec program holds the port: stop it (strongSwan, libreswan, another esplane)";
    if (error == EPERM || error == EACCES)
        return "; esplane needs CAP_NET_ADMIN and CAP_NET_RAW: run it as root or by its service unit";
    return "";
}

/// A socket that is not open: the kernel has no such family. An error: anything else.
Result<CipherSocket, std::string> open_socket(Family family, Encapsulation encapsulation, const Options& options) {
    const bool udp = encapsulation == Encapsulation::kUdp;
    const std::string what = std::string(udp ? "UDP port " + std::to_string(options.natt_port) : "raw ESP") +
                             (family == Family::kIpv4 ? " over IPv4" : " over IPv6");
    const auto failed = [&](int error) {
        return Failure{"cannot open the socket for " + what + ": " + std::strerror(error) + advice(error)};
    };
    const int domain = family == Family::kIpv4 ? AF_INET : AF_INET6;
    const int type = (udp ? SOCK_DGRAM : SOCK_RAW) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    CipherSocket made{.fd = FileDescriptor(socket(domain, type, udp ? IPPROTO_UDP : IPPROTO_ESP)),
                      .family = family,
                      .encapsulation = encapsulation};
    if (!made.fd.is_open()) {
        if (errno == EAFNOSUPPORT) return made;
        return failed(errno);
    }
    if (!set_cipher_options(made.fd.get(), family, encapsulation, options.socket_mark)) return failed(errno);
    if (udp && !bind_wildcard(made.fd.get(), family, options.natt_port)) return failed(errno);
    if (udp) made.sends_trains = ask_for_trains(made.fd.get());
    return made;
}

}  // namespace

Result<CipherSockets, std::string> CipherSockets::open(const Options& options) {
    CipherSockets sockets;
    sockets.natt_port_ = options.natt_port;
    std::size_t next = 0;
    for (const Encapsulation encapsulation : {Encapsulation::kUdp, Encapsulation::kNone}) {
        for (const Family family : {Family::kIpv4, Family::kIpv6}) {
            auto made = open_socket(family, encapsulation, options);
            if (!made) return Failure{made.error()};
            sockets.sockets_[next++] = std::move(made).value();
        }
    }
    return sockets;
}

const CipherSocket& CipherSockets::find(Family family, Encapsulation encapsulation) const {
    // open() makes them in this order.
    const std::size_t raw = encapsulation == Encapsulation::kUdp ? 0 : 2;
    return sockets_[raw + (family == Family::kIpv4 ? 0 : 1)];
}

bool CipherSockets::send_udp(const Path& path, ByteView marker, ByteView datagram) const {
    sockaddr_storage to{};
    AncillaryRoom room{};
    iovec parts[2] = {{const_cast<std::uint8_t*>(marker.data()), marker.size()},
                      {const_cast<std::uint8_t*>(datagram.data()), datagram.size()}};
    msghdr message{};
    message.msg_name = &to;
    message.msg_namelen = to_socket_address(path.remote, to);
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    set_source(message, room, path.local.address);
    const CipherSocket& socket = find(path.remote.address.family(), Encapsulation::kUdp);
    return sendmsg(socket.fd.get(), &message, MSG_DONTWAIT) >= 0;
}

}  // namespace esplane::dataplane
