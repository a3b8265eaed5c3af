// What the process gives up before it looks at anything from the network.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/result.h"

namespace esplane::gateway {

/// What the data plane is made of, which decides what the process may not give up.
enum class Hardware : std::uint8_t {
    kKernel,  ///< TUN devices and sockets
    kDpdk,    ///< ports, perhaps with TUN devices on the clear side
};

/// Call before the first thread is made: capabilities and filters belong to threads, and later ones inherit them.
///  - capabilities: all but those for devices and routes, raw packets and, with sockets, low ports, from the bounding
///  set
///    too;
///  - no new privileges, no program is ever executed, no process is traced, no module or key ring touched (seccomp);
///  - no core dump, and no reading of the memory by other processes of the same user: keys live in it;
///  - as many open files as the system allows, a tunnel with a device of its own needing one, and as much locked
///    memory, for DPDK.
/// The error says which capabilities are missing and what to do.
Result<void, std::string> give_up_privileges(Hardware hardware);

}  // namespace esplane::gateway
