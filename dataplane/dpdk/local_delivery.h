// Packets for the gateway itself that came through a tunnel. The links' own are the responders' (link/responder.h).
#pragma once

#include "dataplane/dpdk/frame_receiver.h"

namespace esplane::dataplane {

class LocalDelivery {
  public:
    /// All must outlive it.
    LocalDelivery(const Links& links, FrameReceiver& receiver, DropCounters& drops);

    /// Takes the frame, whose octets are the IP packet. An echo request is turned into its reply, which goes the way of
    /// what comes from the clear side: into a tunnel. Everything else is the host's.
    void take(rte_mbuf* frame);

  private:
    FrameReceiver& receiver_;
    DropCounters& drops_;
    std::vector<PortAddress> own_;
};

}  // namespace esplane::dataplane
