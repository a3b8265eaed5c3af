// A socket address with its length, for tests that make sockets of their own.
#pragma once

#include "dataplane/io/ancillary.h"

namespace esplane {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = sizeof(sockaddr_storage);

    static SocketAddress from(const Endpoint& endpoint) {
        SocketAddress result;
        result.length = dataplane::to_socket_address(endpoint, result.storage);
        return result;
    }
    std::optional<Endpoint> endpoint() const { return dataplane::from_socket_address(storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* writable() { return reinterpret_cast<sockaddr*>(&storage); }
};

inline int socket_family(Family family) {
    return family == Family::kIpv4 ? AF_INET : AF_INET6;
}

}  // namespace esplane
