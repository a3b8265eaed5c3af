// The headers around an ESP packet. The gateway leaves them to the kernel; here there is none, so these are the tool's.
#pragma once

#include <optional>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"

namespace esplane::oracle {

/// `payload` behind IP and, if so encapsulated, UDP (RFC 3948).
Bytes wrap(const Path& path, dataplane::Encapsulation encapsulation, ByteView payload);

struct Unwrapped {
    Path path;  ///< `local` is the destination
    dataplane::Encapsulation encapsulation;
    Bytes payload;  ///< of UDP, or of IP if that carries ESP
};

/// Empty for what carries neither ESP nor UDP, and for lengths that do not hold: the kernel would not hand such on.
std::optional<Unwrapped> unwrap(ByteView packet);

}  // namespace esplane::oracle
