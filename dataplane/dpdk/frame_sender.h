// Frames on their way out: gathered by port, handed to the device a burst at a time.
#pragma once

#include <array>
#include <vector>

#include "dataplane/dpdk/frame.h"
#include "dataplane/dpdk/links.h"

namespace esplane::dataplane {

class FrameSender {
  public:
    /// One worker's: `queue` of each port is its own.
    FrameSender(const Links& links, std::uint16_t queue);
    ~FrameSender();
    FrameSender(const FrameSender&) = delete;
    FrameSender& operator=(const FrameSender&) = delete;

    /// Takes the buffer, whose octets are a whole frame.
    void send(PortNumber port, rte_mbuf* frame) {
        Outgoing& outgoing = outgoing_[to_number(port)];
        if (outgoing.count == outgoing.frames.size()) [[unlikely]]
            flush(outgoing);
        outgoing.frames[outgoing.count++] = frame;
    }
    /// Hands over all that is gathered. What the devices have no room for is lost: says how many since the last call.
    std::size_t flush();

  private:
    struct Outgoing {
        std::uint16_t number = 0;  // DPDK's, of the port
        std::size_t count = 0;
        std::array<rte_mbuf*, kBurst> frames;
    };
    void flush(Outgoing& outgoing);

    std::uint16_t queue_;
    std::vector<Outgoing> outgoing_;  // by port
    std::size_t lost_ = 0;
};

}  // namespace esplane::dataplane
