// A CHILD_SA as the worker uses it: everything a packet touches, the hot first.
#pragma once

#include <cstdint>

#include "crypto/dense_memory.h"
#include "crypto/esp_key.h"
#include "crypto/prefetch.h"
#include "dataplane/options.h"
#include "dataplane/sa/child_options.h"
#include "dataplane/sa/drop_reason.h"
#include "dataplane/sa/inner_sizes.h"
#include "dataplane/sa/outer_path.h"
#include "dataplane/sa/replay_window.h"
#include "dataplane/sa/sequence.h"
#include "dataplane/sa/volume.h"

namespace esplane::dataplane {

class TunnelState;
struct Policy;

/// The sending half: a line for what is looked at, one for what is counted, and the path's.
struct OutboundSa {
    Spi spi{};
    bool esn = false;
    Mode mode = Mode::kTunnel;
    bool narrowed = true;  ///< the CHILD_SA's selectors are not those of its policy
    // What the tunnel's policy says of each packet, here for the sake of the cache. Set by join().
    FragmentPolicy fragment = FragmentPolicy::kBefore;
    DfPolicy df = DfPolicy::kCopy;
    DscpPolicy dscp = DscpPolicy::copy();
    bool pad_to_mtu = false;
    bool soft_limit_told = false;
    bool hard_limit_told = false;
    InnerSizes sizes;
    SequenceSource sequence;
    crypto::EspKey key;
    Volume volume;
    OuterPath outer;
};

/// The receiving half.
struct alignas(kCacheLine) InboundSa {
    Spi spi{};
    bool esn = false;
    bool heard = false;  ///< a packet has passed the ICV
    Mode mode = Mode::kTunnel;
    ClearPort port{};  ///< of the tunnel, here for the sake of the cache. Set by join().
    ReplayWindow window;
    crypto::EspKey key;
    Volume volume;
    std::int64_t move_told_at = 0;  ///< worker's clock, nanoseconds
};

/// Made by the control thread, owned by the worker from Install to Returned, wiped by the control thread.
class ChildSa : public Dense {
  public:
    /// Expands the keys; those in `options` are wiped.
    explicit ChildSa(ChildOptions options);

    /// By the worker at Install. False when the tunnel has no such policy.
    [[nodiscard]] bool join(TunnelState& joined);
    /// Makes inner packets fit the tunnel's path, unless its policy says how long they may be. To be called when the
    /// path or its MTU has changed.
    void resize();

    /// Asks for what the stages of either direction look at, keys excepted.
    void prefetch_out() const { prefetch(&out, sizeof out - sizeof out.outer.path); }
    void prefetch_in() const {
        prefetch(this);
        prefetch(&in, sizeof in);
        prefetch(&out);                    // for what the other direction may carry
        prefetch(&out.outer.path.remote);  // for where it should come from
    }

    ChildId id;
    TunnelId tunnel_id;
    std::uint32_t policy_index;
    TunnelState* tunnel = nullptr;
    Policy* policy = nullptr;  ///< of the tunnel
    bool send_at_once;
    OutboundSa out;
    InboundSa in;
    SelectorPair selectors;
    DropCounters drops;  ///< of packets that had found this SA

  private:
    bool tfc_accepted_;
};

}  // namespace esplane::dataplane
