// What passes between the control thread and a worker, by ring only. Ownership passes with the message.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "dataplane/io/offload.h"
#include "dataplane/packet/icmp_report.h"
#include "dataplane/sa/child_options.h"
#include "dataplane/sa/inner_sizes.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

class ChildSa;      // sa/child_sa.h: the worker's form of a CHILD_SA
class TunnelState;  // sa/tunnel.h: policy and counters of one tunnel

// --- towards the worker ---

/// Takes up the policy of a tunnel: from now on its packets are recognised, and dropped with a count while it is down.
struct AddTunnel {
    std::unique_ptr<TunnelState> tunnel;
};
/// Forgets a tunnel; its children must have been retired before. Answered by TunnelReturned.
struct RemoveTunnel {
    TunnelId tunnel;
};
/// Adopts a CHILD_SA. Answered by Installed.
struct Install {
    std::unique_ptr<ChildSa> child;
};
/// Sends on this CHILD_SA from now on.
struct Activate {
    ChildId child;
};
/// Gives the CHILD_SA back, both directions. Answered by Returned, also when it is not known (then with none in it).
struct Retire {
    ChildId child;
};
/// Sends to another address or port, in another encapsulation, for one CHILD_SA.
struct MovePath {
    ChildId child;
    Path outer;
    Encapsulation encapsulation;
};
/// The way to a tunnel's peer leads over a link of this MTU now.
struct SetLinkMtu {
    TunnelId tunnel;
    std::uint32_t mtu_bytes;
};

/// Sends a UDP datagram on the cipher side, with no more before its octets than UDP's header.
struct SendDatagram {
    Path path;
    Bytes octets;
};

/// Polls a device of the clear side from now on. The descriptor stays the control thread's.
struct OpenPort {
    ClearPort port;
    int descriptor;
    OffloadSupport offload;
};
/// Lets go of it. Answered by PortClosed: only then may the descriptor be closed.
struct ClosePort {
    ClearPort port;
    int descriptor;
};

/// A router's report about an SA that is another worker's than the one which it came to. A hint: it may be lost.
struct ForeignReport {
    TooBigReport report;
};

using Command = std::variant<AddTunnel, RemoveTunnel, Install, Activate, Retire, MovePath, SetLinkMtu, OpenPort,
                             ClosePort, ForeignReport, SendDatagram>;

// --- from the worker: ForeignReport, and ---

struct Installed {
    ChildId child;
};
/// The first packet that passed the ICV on this CHILD_SA; the worker sends on it from then on.
struct FirstInbound {
    ChildId child;
};
/// A soft limit of this CHILD_SA is reached, or three quarters of its sequence numbers are used up: rekey now.
struct SoftLimit {
    ChildId child;
};
/// A hard limit of this CHILD_SA is reached: it carries nothing any more.
struct HardLimit {
    ChildId child;
};
/// A packet wants a policy of a tunnel that has no CHILD_SA. At most one a second for each policy.
struct Acquire {
    TunnelId tunnel;
    std::uint32_t policy = 0;  ///< index into the tunnel's policies
};
/// An authenticated, non-replayed packet came from elsewhere than the path says. At most one a second a CHILD_SA.
struct PeerMoved {
    ChildId child;
    Path seen;
};
/// ESP that no SA was there for, not even a moment later. At most a few a second.
struct UnknownSpi {
    Path seen;  ///< without ports where it was not in UDP
    Spi spi{};
};
/// What fits a tunnel is not what it was: by the suite of a new CHILD_SA, its encapsulation, or the path.
struct Resized {
    TunnelId tunnel;
    InnerSizes sizes;  ///< the least of the CHILD_SAs that it sends on
    std::uint32_t path_mtu_bytes = 0;
    bool reported = false;  ///< the path's MTU is what a router has reported
};
struct Returned {
    ChildId id;
    std::unique_ptr<ChildSa> child;  ///< to be wiped by the control thread
};
struct TunnelReturned {
    std::unique_ptr<TunnelState> tunnel;
};
struct PortClosed {
    ClearPort port;
};
/// An IKE datagram that arrived on a socket of the worker, without the non-ESP marker.
struct Punted {
    Path path;
    Bytes datagram;
};

using Event = std::variant<Installed, FirstInbound, SoftLimit, HardLimit, Acquire, PeerMoved, UnknownSpi, Resized,
                           Returned, TunnelReturned, PortClosed, Punted, ForeignReport>;

}  // namespace esplane::dataplane
