#include "dataplane/io/cipher_socket.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "dataplane/io/ancillary.h"
#include "dataplane/io/cipher_options.h"
#include "dataplane/io/socket_filter.h"

namespace esplane::dataplane {
namespace {

bool is_udp(const CipherSocket& socket) {
    return socket.encapsulation == Encapsulation::kUdp;
}

bool bind_wildcard(const CipherSocket& socket, std::uint16_t port) {
    sockaddr_storage address{};
    const socklen_t length = to_socket_address({IpAddress::any(socket.family), port}, address);
    return bind(socket.fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0;
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

Failure<std::string> failure(const CipherSocket& socket, const Options& options) {
    const int error = errno;
    const std::string what = std::string(is_udp(socket) ? "UDP port " + std::to_string(options.natt_port) : "raw ESP") +
                             (socket.family == Family::kIpv4 ? " over IPv4" : " over IPv6");
    return Failure{"cannot open the socket for " + what + ": " + std::strerror(error) + advice(error)};
}

FileDescriptor make(const CipherSocket& wanted) {
    const int domain = wanted.family == Family::kIpv4 ? AF_INET : AF_INET6;
    const int type = (is_udp(wanted) ? SOCK_DGRAM : SOCK_RAW) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    return FileDescriptor(socket(domain, type, is_udp(wanted) ? IPPROTO_UDP : IPPROTO_ESP));
}

/// A raw socket receives from its birth on.
bool close_ears(int fd) {
    if (!drop_all(fd)) return false;
    std::uint8_t octet = 0;
    while (recv(fd, &octet, sizeof octet, MSG_DONTWAIT) >= 0) {
    }
    return true;
}

bool share_port(int fd) {
    const int one = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0;
}

/// The first was bound without SO_REUSEPORT, and so has found the port free; a second program of ours does not.
bool bind_beside(const CipherSocket& first, const CipherSocket& next, const Options& options) {
    return share_port(first.fd.get()) && share_port(next.fd.get()) && bind_wildcard(next, options.natt_port) &&
           steer_by_spi(first.fd.get(), options.cpus.size());
}

bool bind_receiving(const CipherSocket& socket, const CipherSocket* first, const Options& options) {
    return first == nullptr ? bind_wildcard(socket, options.natt_port) : bind_beside(*first, socket, options);
}

}  // namespace

Result<CipherSocket, std::string> open_receiving(Family family, Encapsulation encapsulation, SocketSeat seat,
                                                 const Options& options) {
    CipherSocket made{.family = family, .encapsulation = encapsulation};
    made.fd = make(made);
    if (!made.fd.is_open()) {
        if (errno == EAFNOSUPPORT) return made;
        return failure(made, options);
    }
    if (!set_cipher_options(made, options.socket_mark)) return failure(made, options);
    if (!is_udp(made)) {
        const std::size_t workers = options.cpus.size();
        if (workers > 1 && !keep_own_spis(made.fd.get(), family, seat.worker, workers)) return failure(made, options);
        return made;
    }
    if (!bind_receiving(made, seat.first, options)) return failure(made, options);
    made.sends_trains = ask_for_trains(made.fd.get());
    return made;
}

Result<CipherSocket, std::string> open_unfragmented(const CipherSocket& receiving, const Options& options) {
    CipherSocket made{.family = receiving.family, .encapsulation = receiving.encapsulation, .dont_fragment = true};
    if (!receiving.fd.is_open()) return made;
    made.fd = make(made);
    if (!made.fd.is_open()) return failure(made, options);
    if (!close_ears(made.fd.get())) return failure(made, options);
    if (!set_cipher_options(made, options.socket_mark)) return failure(made, options);
    if (!is_udp(made)) return made;
    if (!bind_beside(receiving, made, options)) return failure(made, options);
    made.sends_trains = ask_for_trains(made.fd.get());
    return made;
}

}  // namespace esplane::dataplane
