// What the control thread says of a CHILD_SA when it hands it to a worker.
#pragma once

#include <cstdint>

#include "crypto/algorithms.h"
#include "crypto/secret.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/selector.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

enum class Encapsulation : std::uint8_t {
    kNone,  ///< raw ESP, IP protocol 50; the path's ports are 0
    kUdp,   ///< ESP in UDP (RFC 3948)
};

struct ChildOptions {
    ChildId id{};
    TunnelId tunnel{};
    Spi spi_in{};   ///< chosen by us
    Spi spi_out{};  ///< chosen by the peer
    crypto::Encr encr;
    crypto::IntegId integ = crypto::IntegId::kNone;
    crypto::Secret key_in;   ///< cipher key, salt, integrity key: as KEYMAT yields them (RFC 7296 2.17)
    crypto::Secret key_out;  ///< the same
    bool esn = false;
    std::uint32_t replay_window = 1024;  ///< packets; 0 is off
    SelectorPair selectors;              ///< as negotiated
    Encapsulation encapsulation = Encapsulation::kNone;
    Path outer;
    /// Whether to send on it as soon as it is installed. The responder of a rekey waits for the first inbound packet or
    /// for Activate (RFC 7296 2.8): until then the tunnel's previous outbound SA goes on.
    bool send_at_once = true;
};

}  // namespace esplane::dataplane
