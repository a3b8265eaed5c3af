// Classic BPF programs (linux/filter.h) by which the kernel decides which socket gets what arrives: none that only
// sends, and of several workers' the one of the worker that the SPI names.
#pragma once

#include <cstddef>

#include "dataplane/packet/address.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

/// Nothing is put into the socket's queue from now on. False with errno.
bool drop_all(int fd);

/// UDP sockets that share this one's port by SO_REUSEPORT: each worker has bound two, of which the first receives. ESP
/// goes to the worker that its SPI names; all else (IKE, keepalives, SPIs of no worker) to the first. False with errno.
bool steer_by_spi(int fd, std::size_t workers);

/// Of raw ESP every socket gets a copy: keeps those whose SPI names this worker, and of the first worker those that
/// name none or are too short to. False with errno.
bool keep_own_spis(int fd, Family family, WorkerId worker, std::size_t workers);

/// Two UDP sockets that share a port by SO_REUSEPORT: first requests of IKE_SA_INIT without a cookie, which anyone can
/// send from anywhere, go to the second, all else to the first. So a flood of them fills no queue but its own. False
/// with errno.
bool set_strangers_apart(int fd);

}  // namespace esplane::dataplane
