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
    /// Room for any packet that the ports carry, with headroom for what goes before it; a capacity of 0 when the pool
    /// is empty.
    void make(Slot& slot) {
        rte_mbuf* const buffer = rte_pktmbuf_alloc(pool_);
        if (buffer == nullptr) {
            slot.capacity = 0;
            return;
        }
        slot.octets = rte_pktmbuf_mtod(buffer, std::uint8_t*);
        slot.capacity = rte_pktmbuf_tailroom(buffer);
        slot.frame = &frames_.add(buffer);
    }

  private:
    rte_mempool* pool_;
    Frames frames_;
};

/// Makes the slot one in the buffer that the packet came in, from `before` octets before it on; `headroom` must be left
/// before that. False when the buffer has no such room.
inline bool put_in_place(const Received& received, std::ptrdiff_t before, std::ptrdiff_t headroom, Slot& slot) {
    const rte_mbuf& buffer = *received.frame->buffer;
    const auto* const base = static_cast<std::uint8_t*>(buffer.buf_addr);
    std::uint8_t* const octets = received.octets.data() - before;
    if (!has_room_before(buffer, octets, headroom)) return false;
    slot.octets = octets;
    slot.capacity = static_cast<std::uint32_t>(base + buffer.buf_len - octets);
    slot.frame = received.frame;
    return true;
}

}  // namespace esplane::dataplane
