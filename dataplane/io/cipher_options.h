// What the sockets of the cipher side have set.
#pragma once

#include <cstdint>

#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"

namespace esplane::dataplane {

/// Before the socket is bound. False, with errno, when the kernel refuses one that we cannot do without.
bool set_cipher_options(int fd, Family family, Encapsulation encapsulation, std::uint32_t mark);

}  // namespace esplane::dataplane
