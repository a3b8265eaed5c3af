// Outer packets that arrive in fragments, in buffers again once they are whole.
#pragma once

#include "dataplane/dpdk/frame.h"
#include "dataplane/dpdk/pools.h"
#include "dataplane/dpdk/tick.h"
#include "dataplane/link/outer_reassembly.h"

namespace esplane::dataplane {

class OuterFragments {
  public:
    /// One worker's. All must outlive it; `hash_seed` is random.
    OuterFragments(PacketPools pools, std::uint64_t hash_seed, DropCounters& drops);

    /// Takes the octets of a fragment, an IP packet. A buffer with the whole IP packet and nothing else when it was the
    /// last one missing, else null.
    rte_mbuf* add(MutableByteView fragment, PortNumber port);
    /// Once a turn.
    void turn();

  private:
    rte_mbuf* copy(ByteView packet) const;

    PacketPools pools_;
    DropCounters& drops_;
    OuterReassembly reassembly_;
    Tick second_{std::chrono::seconds(1)};
};

}  // namespace esplane::dataplane
