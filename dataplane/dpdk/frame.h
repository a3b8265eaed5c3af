// A buffer of DPDK's in the hands of a worker, from the burst that it came with until it is sent or given back.
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <cstddef>
#include <utility>

#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

struct Frame {
    rte_mbuf* buffer = nullptr;  ///< null: it is somebody else's by now

    rte_mbuf* take() { return std::exchange(buffer, nullptr); }
};

/// As many as a burst. Gives back to their pools what nobody took.
class Frames {
  public:
    Frames() = default;
    ~Frames() { give_back(); }
    Frames(const Frames&) = delete;
    Frames& operator=(const Frames&) = delete;

    Frame& add(rte_mbuf* buffer) {
        Frame& frame = frames_[count_++];
        frame.buffer = buffer;
        return frame;
    }
    std::size_t size() const { return count_; }
    void give_back() {
        for (std::size_t i = 0; i < count_; ++i) {
            if (frames_[i].buffer != nullptr) rte_pktmbuf_free(frames_[i].take());
        }
        count_ = 0;
    }

  private:
    std::array<Frame, kBurst> frames_;
    std::size_t count_ = 0;
};

/// Sets where a buffer's octets begin and how many they are, all within it.
inline void set_octets(rte_mbuf& buffer, const std::uint8_t* begin, std::size_t length) {
    buffer.data_off = static_cast<std::uint16_t>(begin - static_cast<const std::uint8_t*>(buffer.buf_addr));
    buffer.data_len = static_cast<std::uint16_t>(length);
    buffer.pkt_len = static_cast<std::uint32_t>(length);
}

/// Whether so many octets before `at`, which lies in the buffer, may be written to.
inline bool has_room_before(const rte_mbuf& buffer, const std::uint8_t* at, std::ptrdiff_t octets) {
    return at - static_cast<const std::uint8_t*>(buffer.buf_addr) >= octets;
}

inline MutableByteView octets_of(const rte_mbuf& buffer) {
    return {rte_pktmbuf_mtod(&buffer, std::uint8_t*), buffer.data_len};
}

}  // namespace esplane::dataplane
