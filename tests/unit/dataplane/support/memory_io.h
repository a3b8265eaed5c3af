// A PacketIo in memory: a test puts packets in and takes packets out.
#pragma once

#include <utility>
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
    std::uint8_t traffic_class = 0;
    bool dont_fragment = false;
};

class MemoryIo {
  public:
    MemoryIo();

    // What a worker calls.
    std::size_t rx(std::span<Received> in);
    bool has_backlog() const { return taken_ < arrivals_.size(); }
    void release();
    void slots(std::span<Slot> lent);
    std::size_t tx(std::span<Slot> out);
    static std::size_t flush() { return 0; }
    void expect_errors() {}
    std::optional<TooBigReport> next_report();
    std::uint64_t take_overflows() { return std::exchange(overflows, 0); }
    void attach(ClearPort port, int fd, OffloadSupport offload);
    void detach(ClearPort port);

    /// The worker's next rx() finds it.
    void arrive(Bytes octets, ClearPort port);
    void arrive(Bytes octets, const Path& outer, Encapsulation encapsulation = Encapsulation::kUdp,
                std::uint8_t traffic_class = 0);
    /// What was sent since the last call, in order.
    std::vector<Sent> take();

    std::vector<ClearPort> attached;
    std::vector<TooBigReport> reports;  ///< handed to the worker, the last first
    std::uint64_t overflows = 0;
    std::size_t at_once = kBurst;  ///< how many one rx() hands out at most
    std::size_t refuse = 0;        ///< how many of the next packets tx() does not take
    bool forgets = false;          ///< only counts what is sent, without allocating
    std::size_t sent_count = 0;    ///< since the beginning
    bool is_lent = false;          ///< between rx() that gave something and release()

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

static_assert(CipherIo<MemoryIo>);

}  // namespace esplane::dataplane::test
