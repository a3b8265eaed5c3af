// What the sockets of the cipher side have set.
#pragma once

#include <cstdint>

#include "dataplane/io/cipher_socket.h"

namespace esplane::dataplane {

/// Before `socket` is bound. False, with errno, when the kernel refuses one that we cannot do without.
bool set_cipher_options(const CipherSocket& socket, std::uint32_t mark);

}  // namespace esplane::dataplane
