// Bursts of the ports, sorted: packets for either side of the gateway, IKE for the control thread. What is for the link
// itself, or asks for an echo, is answered here; the rest for our addresses is the host's.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/dpdk/outer_fragments.h"
#include "dataplane/dpdk/resolver.h"
#include "dataplane/dpdk/to_host.h"
#include "dataplane/link/frame_kind.h"
#include "dataplane/link/router_errors.h"
#include "dataplane/packet/icmp_report.h"

namespace esplane::dataplane {

/// A burst for one side.
struct Arrivals {
    Frames frames;
    Received* packets = nullptr;  ///< where they are described, kBurst of them

    std::size_t room() const { return kBurst - frames.size(); }
};

/// The receive queues of each port that are one worker's: every `workers`-th.
struct QueueShare {
    std::uint16_t first = 0;
    std::uint16_t workers = 1;
};

class FrameReceiver {
  public:
    /// One worker's. All must outlive it.
    FrameReceiver(Links& links, QueueShare share, LinkResponders& responders, FrameSender& sender,
                  OuterFragments& fragments, IkePorts ports, DropCounters& drops);

    /// Looks at all ports of the cipher side once, and describes in `in`, kBurst packets, what came for that side;
    /// returns how many. What is for the clear side waits.
    std::size_t poll_cipher(std::span<Received> in);
    /// The same of the clear side, with what waited, and of the ports that are of that side alone.
    std::size_t poll_clear(std::span<Received> in);
    /// Gives back what is left of the last burst.
    void release_cipher() { cipher_.frames.give_back(); }
    void release_clear() { clear_.frames.give_back(); }

    void set_clear_port(ClearPort port) { clear_port_ = port; }
    /// Puts a packet, which lies in `buffer`, with what has come from the clear side. False, and the buffer stays the
    /// caller's, when there is no room.
    bool add_to_clear(rte_mbuf* buffer, MutableByteView packet);

    ToHost& to_host() { return to_host_; }
    const LinkResponders& responders() const { return responders_; }

    struct Ike {
        Path path;
        Bytes datagram;
    };
    /// Datagrams to the IKE port, since the last call.
    std::vector<Ike> take_ike() { return std::exchange(ike_, {}); }
    std::vector<TooBigReport> take_reports() { return std::exchange(reports_, {}); }

    /// Whether it is the first worker's.
    bool is_first() const { return share_.first == 0; }
    /// Whether anything has come since the last call.
    bool take_activity() { return std::exchange(active_, false); }

  private:
    static constexpr std::size_t kMostControl = 64;  // IKE messages and reports of one burst; more are a flood

    void poll(PortNumber port);
    void poll(PortNumber port, std::uint16_t queue);
    void sort(rte_mbuf* buffer, PortNumber port);
    void to_cipher(rte_mbuf* buffer, const FrameKind& kind);
    void to_clear(rte_mbuf* buffer, PortNumber port, const FrameKind& kind);
    void out_of_hops(rte_mbuf* buffer, PortNumber port, const FrameKind& kind);
    void to_control(rte_mbuf* buffer, const FrameKind& kind);
    void gather(rte_mbuf* buffer, PortNumber port, const FrameKind& kind);
    void sort_whole(rte_mbuf* buffer, PortNumber port);
    void own(rte_mbuf* buffer, PortNumber port, const FrameKind& kind);
    void answer(rte_mbuf* buffer, PortNumber port, const FrameKind& kind);
    void drop(rte_mbuf* buffer, DropReason reason);

    Links& links_;
    QueueShare share_;
    LinkResponders& responders_;
    FrameSender& sender_;
    OuterFragments& fragments_;
    IkePorts ike_ports_;
    DropCounters& drops_;
    ToHost to_host_;
    RouterErrors router_errors_;
    Arrivals cipher_;
    Arrivals clear_;
    std::array<Received, kBurst> waiting_;  // for the clear side
    ClearPort clear_port_{};
    std::vector<Ike> ike_;
    std::vector<TooBigReport> reports_;
    bool active_ = false;
};

}  // namespace esplane::dataplane
