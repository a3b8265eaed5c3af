// A batch of frames on their way from a receive queue of RingWorker to a transmit queue, and back.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "benchmarks/pipeline/ring_worker.h"

namespace esplane::bench {

/// Of every frame that comes in.
inline constexpr dataplane::MacAddress kSender{{2, 0, 0, 0, 0, 7}};

/// Buffers that are used again and again: those that were sent are made into the next ones to come in.
class FrameBatch {
  public:
    FrameBatch(RingWorker& ports, std::size_t count) : ports_(ports), frames_(count) {
        for (rte_mbuf*& frame : frames_)
            frame = ports_.make();
    }
    ~FrameBatch() {
        for (rte_mbuf* const frame : frames_)
            rte_pktmbuf_free(frame);
    }
    FrameBatch(const FrameBatch&) = delete;
    FrameBatch& operator=(const FrameBatch&) = delete;

    std::size_t size() const { return frames_.size(); }
    std::span<rte_mbuf*> all() { return frames_; }

    /// Makes frame `index` one of `length` octets, and says where they are.
    std::uint8_t* begin_frame(std::size_t index, std::size_t length) {
        rte_mbuf& frame = *frames_[index];
        rte_pktmbuf_reset(&frame);
        dataplane::set_octets(frame, rte_pktmbuf_mtod(&frame, std::uint8_t*), length);
        return rte_pktmbuf_mtod(&frame, std::uint8_t*);
    }

    /// After a run: puts what was sent in the place of what came in, and new buffers in the place of what was dropped.
    void renew(std::size_t sent) {
        for (std::size_t i = sent; i < frames_.size(); ++i)
            frames_[i] = ports_.make();
    }

  private:
    RingWorker& ports_;
    std::vector<rte_mbuf*> frames_;
};

}  // namespace esplane::bench
