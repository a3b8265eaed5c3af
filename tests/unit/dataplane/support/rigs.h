// The pipelines without a worker: packets in, packets out, and where the others went.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dataplane/io/buffers.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"
#include "tests/unit/dataplane/support/children.h"

namespace esplane::dataplane::test {

using Drops = std::map<std::string, std::uint64_t>;

/// The reasons that were counted at all.
Drops drops_of(const DropCounters& counters);

/// One tunnel with one CHILD_SA, sending.
class OutboundRig {
  public:
    explicit OutboundRig(ChildOptions options, TunnelPolicy policy = tunnel_policy());

    /// Through all stages, at most kBurst. What comes out is the ESP packets.
    std::vector<Bytes> run(const std::vector<Bytes>& packets, ClearPort from = kDevice);
    /// The same for packets as a clear side hands them out.
    std::vector<Bytes> run(std::span<Received> received);

    TunnelState tunnel;
    ChildSa child;
    PolicyTable policies;
    DropCounters worker_drops;
    int wanted = 0;            ///< how often stage 1 asked for a CHILD_SA
    std::vector<Slot> sealed;  ///< of the last run; their octets are overwritten by the next
    Fitting fitting;
    TimePoint now;

  private:
    FragmentPorts fragments_{DatagramLimits{}};
    crypto::EspCipher cipher_;
    OutboundBatch batch_;
    Buffers buffers_;
};

/// The same, receiving.
class InboundRig {
  public:
    explicit InboundRig(ChildOptions options, TunnelPolicy policy = tunnel_policy());

    /// Through all stages, at most kBurst. What comes out is the inner packets.
    std::vector<Bytes> run(const std::vector<Bytes>& datagrams, Encapsulation encapsulation = Encapsulation::kUdp);

    TunnelState tunnel;
    ChildSa child;
    SpiTable table;
    DropCounters worker_drops;
    std::vector<Bytes> punted;
    bool punt_has_room = true;
    bool keeps_early = false;  ///< whether packets without a SA find a place to wait
    int early = 0;
    std::vector<std::uint64_t> accepted;  ///< sequence numbers that stage 4 took for authentic
    std::vector<ClearPort> ports;         ///< where the packets of the last run go
    void forget_fragments() { fragments_ = FragmentPorts{DatagramLimits{}}; }
    std::uint8_t traffic_class = 0;  ///< of the outer headers
    TimePoint now;

  private:
    FragmentPorts fragments_{DatagramLimits{}};
    crypto::EspCipher cipher_;
    InboundBatch batch_;
    Buffers buffers_;
};

}  // namespace esplane::dataplane::test
