// Frames on their way out: gathered by port, handed to the device a burst at a time.
#pragma once

#include <array>
#include <vector>

#include "dataplane/dpdk/frame.h"
#include "dataplane/dpdk/links.h"
#include "dataplane/dpdk/pools.h"

namespace esplane::dataplane {

class FrameSender {
  public:
    /// One worker's: `queue` of each port is its own.
    FrameSender(const Links& links, std::uint16_t queue, PacketPools pools);
    ~FrameSender();
    FrameSender(const FrameSender&) = delete;
    FrameSender& operator=(const FrameSender&) = delete;

    /// Takes the buffer, whose octets are a whole frame.
    void send(PortNumber port, rte_mbuf* frame) {
        if (frame->pool == pools_.large) [[unlikely]]
            frame = moved(frame);
        if (frame == nullptr) [[unlikely]]
            return;
        Outgoing& outgoing = outgoing_[to_number(port)];
        if (outgoing.count == outgoing.frames.size()) [[unlikely]]
            flush(outgoing);
        outgoing.frames[outgoing.count++] = frame;
    }
    /// Sends the frame that `write(octets)` makes in a buffer of `pool`. It returns the length; of 0, nothing is sent.
    /// False when there is no buffer.
    template <typename Write>
    bool send_written(PortNumber port, rte_mempool* pool, const Write& write) {
        rte_mbuf* const frame = rte_pktmbuf_alloc(pool);
        if (frame == nullptr) return false;
        auto* const begin = rte_pktmbuf_mtod(frame, std::uint8_t*);
        const std::uint32_t length = write(begin);
        set_octets(*frame, begin, length);
        if (length == 0) {
            rte_pktmbuf_free(frame);
        } else {
            send(port, frame);
        }
        return true;
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
    /// In a buffer that a device may keep. Null, and the frame is lost, when there is none for it.
    rte_mbuf* moved(rte_mbuf* frame);

    std::uint16_t queue_;
    PacketPools pools_;
    std::vector<Outgoing> outgoing_;  // by port
    std::size_t lost_ = 0;
};

}  // namespace esplane::dataplane
