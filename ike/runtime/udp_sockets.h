// The sockets at UDP port 500.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/packet/address.h"

namespace esplane::ike {

/// Of one family, bound to the wildcard address and the same port: first requests of strangers arrive at a socket of
/// their own. None is open where the kernel does not have the family.
struct UdpSockets {
    dataplane::FileDescriptor peers;  ///< what we send leaves here
    dataplane::FileDescriptor strangers;
};

/// `mark`: SO_MARK; 0: none. The error says what to do. A port in use is one, even if another of our own has it.
Result<UdpSockets, std::string> open_udp_sockets(Family family, std::uint16_t port, std::uint32_t mark);

}  // namespace esplane::ike
