// A UDP socket of a peer on the loopback, for tests of what listens there.
#pragma once

#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "dataplane/io/file_descriptor.h"
#include "tests/unit/ike/runtime/socket_address.h"

namespace esplane {

inline Endpoint endpoint(const char* address, std::uint16_t port) {
    return {IpAddress::parse(address).value(), port};
}

struct PeerSocket {
    explicit PeerSocket(const char* address)
        : socket(::socket(socket_family(IpAddress::parse(address)->family()), SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        const auto any = SocketAddress::from(endpoint(address, 0));
        REQUIRE(bind(socket.get(), any.get(), any.length) == 0);
        SocketAddress bound;
        REQUIRE(getsockname(socket.get(), bound.writable(), &bound.length) == 0);
        here = bound.endpoint().value();
    }
    void send_to(const Endpoint& to, ByteView octets) const {
        const auto address = SocketAddress::from(to);
        REQUIRE(sendto(socket.get(), octets.data(), octets.size(), 0, address.get(), address.length) ==
                static_cast<ssize_t>(octets.size()));
    }

    dataplane::FileDescriptor socket;
    Endpoint here;
};

/// Free a moment ago.
inline std::uint16_t free_port() {
    return PeerSocket("127.0.0.1").here.port;
}

}  // namespace esplane
