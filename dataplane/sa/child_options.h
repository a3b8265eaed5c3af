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

/// RFC 4301 3.2.
enum class Mode : std::uint8_t {
    kTunnel,     ///< a whole IP packet inside
    kTransport,  ///< the payload of a packet between the two gateways themselves
};

/// What a CHILD_SA may carry in its life, in each direction (RFC 4301 4.4.2.1). 0: no limit.
struct VolumeLimits {
    std::uint64_t soft_packets = 0;  ///< a rekey is due
    std::uint64_t hard_packets = 0;  ///< not one more
    std::uint64_t soft_bytes = 0;    ///< of inner packets
    std::uint64_t hard_bytes = 0;
    friend bool operator==(const VolumeLimits&, const VolumeLimits&) = default;
};

struct ChildOptions {
    ChildId id{};
    TunnelId tunnel{};
    std::uint32_t policy = 0;  ///< which of its tunnel's policies it serves: an index
    Spi spi_in{};              ///< chosen by us
    Spi spi_out{};             ///< chosen by the peer
    crypto::Encr encr;
    crypto::IntegId integ = crypto::IntegId::kNone;
    crypto::Secret key_in;   ///< cipher key, salt, integrity key: as KEYMAT yields them (RFC 7296 2.17)
    crypto::Secret key_out;  ///< the same
    bool esn = false;
    std::uint32_t replay_window = 1024;  ///< packets; 0 is off
    SelectorPair selectors;              ///< as negotiated
    Mode mode = Mode::kTunnel;
    bool tfc_accepted = true;  ///< the peer has not said ESP_TFC_PADDING_NOT_SUPPORTED (RFC 7296 3.10.1)
    VolumeLimits limits;
    Encapsulation encapsulation = Encapsulation::kNone;
    Path outer;
    /// Whether to send on it as soon as it is installed. The responder of a rekey waits for the first inbound packet or
    /// for Activate (RFC 7296 2.8): until then the tunnel's previous outbound SA goes on.
    bool send_at_once = true;
};

}  // namespace esplane::dataplane
