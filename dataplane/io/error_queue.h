// What a socket's error queue says of packets that we sent (IP_RECVERR, IPV6_RECVERR; ip(7), ipv6(7)).
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/io/cipher_socket.h"
#include "dataplane/packet/icmp_report.h"

namespace esplane::dataplane {

struct QueuedError {
    enum class Kind : std::uint8_t {
        kTooBigForPath,    ///< a router says so, or whoever passes for one
        kTooBigForDevice,  ///< this host says so: of the report there is only the remote address and the MTU
        kOther,            ///< port unreachable, say: a hint that nobody acts on
    };
    Kind kind = Kind::kOther;
    TooBigReport report;  ///< quoted_bytes is 0: the kernel keeps the quoted header to itself
};

/// Takes one message from the queue; empty when there is none. `natt_port` is that of UDP sockets.
std::optional<QueuedError> next_error(const CipherSocket& socket, std::uint16_t natt_port);

}  // namespace esplane::dataplane
