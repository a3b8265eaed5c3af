// A PacketIo in memory: a test puts packets in and takes packets out.
#pragma once

#include <vector>

#include "dataplane/io/offload.h"
#include "dataplane/io/packet_io.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane::test {

struct Sent {
    Bytes octets;
    ClearPort port{};
    Path outer;
    Encapsulation encapsulation = Encapsulation::kNone;
};

class MemoryIo {
  public:
    MemoryIo();

    // What a worker calls.
    std::size_t rx(std::span<Received> in);
    void release();
    void slots(std::span<Slot> lent);
    std::size_t tx(std::span<const Slot> out);
    void attach(ClearPort port, int fd, OffloadSupport offload);
    void detach(ClearPort port);

    /// The worker's next rx() finds it.
    void arrive(Bytes octets, ClearPort port);
    void arrive(Bytes octets, const Path& outer, Encapsulation encapsulation = Encapsulation::kUdp);
    /// What was sent since the last call, in order.
    std::vector<Sent> take();

    std::vector<ClearPort> attached;
    std::size_t refuse = 0;      ///< how many of the next packets tx() does not take
    bool forgets = false;        ///< only counts what is sent, without allocating
    std::size_t sent_count = 0;  ///< since the beginning
    bool is_lent = false;        ///< between rx() that gave something and release()

  private:
    struct Arrival {
        Bytes octets;
        std::size_t length = 0;
        Received described;
    };
    std::vector<Arrival> arrivals_;
    std::size_t taken_ = 0;
    std::vector<Bytes> lent_;
    std::vector<Sent> sent_;
};

static_assert(PacketIo<MemoryIo>);

}  // namespace esplane::dataplane::test
