// A CHILD_SA as the worker uses it: everything a packet touches, the hot first.
#pragma once

#include <cstdint>

#include "crypto/esp_key.h"
#include "dataplane/sa/child_options.h"
#include "dataplane/sa/counter.h"
#include "dataplane/sa/replay_window.h"
#include "dataplane/sa/sequence.h"

namespace esplane::dataplane {

class TunnelState;
struct Policy;

/// The sending half.
struct OutboundSa {
    Spi spi{};
    bool esn = false;
    Encapsulation encapsulation = Encapsulation::kNone;
    SequenceSource sequence;
    crypto::EspKey key;
    Path path;
    bool soft_limit_told = false;
    Counter packets;
    Counter bytes;  ///< inner octets
};

/// The receiving half.
struct InboundSa {
    Spi spi{};
    bool esn = false;
    bool heard = false;  ///< a packet has passed the ICV
    ReplayWindow window;
    crypto::EspKey key;
    std::int64_t move_told_at = 0;  ///< worker's clock, nanoseconds
    Counter packets;
    Counter bytes;  ///< inner octets
};

/// Made by the control thread, owned by the worker from Install to Returned, wiped by the control thread.
class ChildSa {
  public:
    /// Expands the keys; those in `options` are wiped.
    explicit ChildSa(ChildOptions options);

    /// By the worker at Install. False when the tunnel has no such policy.
    [[nodiscard]] bool join(TunnelState& joined);

    ChildId id;
    TunnelId tunnel_id;
    std::uint32_t policy_index;
    TunnelState* tunnel = nullptr;
    Policy* policy = nullptr;  ///< of the tunnel
    bool narrowed = true;      ///< its selectors are not those of its policy
    bool send_at_once;
    SelectorPair selectors;
    OutboundSa out;
    InboundSa in;
};

}  // namespace esplane::dataplane
