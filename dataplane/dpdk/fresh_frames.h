// Buffers for packets that do not go out in the one that they came in: fragments, answers, what came by a ring or a TUN
// device.
#pragma once

#include "dataplane/dpdk/frame.h"

namespace esplane::dataplane {

class FreshFrames {
  public:
    /// `pool` must outlive it.
    explicit FreshFrames(rte_mempool* pool) : pool_(pool) {}

    /// Forgets the ones of the batch before; what was not sent goes back.
    void begin() { frames_.give_back(); }
    /// Room for any packet that the ports carry, with headroom for what goes before it. Empty when the pool is.
    Slot make() {
        rte_mbuf* const buffer = rte_pktmbuf_alloc(pool_);
        if (buffer == nullptr) return {};
        return {.octets = rte_pktmbuf_mtod(buffer, std::uint8_t*),
                .capacity = rte_pktmbuf_tailroom(buffer),
                .frame = &frames_.add(buffer)};
    }

  private:
    rte_mempool* pool_;
    Frames frames_;
};

/// The slot for a packet in the buffer that it came in, from `before` octets before it on; `headroom` must be left
/// before that. Empty when the buffer has no such room.
inline Slot slot_in_place(const Received& received, std::ptrdiff_t before, std::ptrdiff_t headroom) {
    const rte_mbuf& buffer = *received.frame->buffer;
    auto* const base = static_cast<std::uint8_t*>(buffer.buf_addr);
    std::uint8_t* const octets = received.octets.data() - before;
    if (octets - base < headroom) return {};
    return {.octets = octets,
            .capacity = static_cast<std::uint32_t>(base + buffer.buf_len - octets),
            .frame = received.frame};
}

}  // namespace esplane::dataplane
