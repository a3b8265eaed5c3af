#include "dataplane/dpdk/frame_sender.h"

#include <rte_ethdev.h>

#include <utility>

namespace esplane::dataplane {

FrameSender::FrameSender(const Links& links, std::uint16_t queue, PacketPools pools)
    : queue_(queue), pools_(pools), outgoing_(links.ports.size()) {
    for (std::size_t i = 0; i < outgoing_.size(); ++i)
        outgoing_[i].number = links.ports[i].number();
}

FrameSender::~FrameSender() {
    for (const Outgoing& outgoing : outgoing_) {
        for (std::size_t i = 0; i < outgoing.count; ++i)
            rte_pktmbuf_free(outgoing.frames[i]);
    }
}

std::size_t FrameSender::flush() {
    for (Outgoing& outgoing : outgoing_) {
        if (outgoing.count > 0) flush(outgoing);
    }
    return std::exchange(lost_, 0);
}

rte_mbuf* FrameSender::moved(rte_mbuf* frame) {
    rte_mbuf* const copy = rte_pktmbuf_copy(frame, pools_.frames, 0, UINT32_MAX);
    rte_pktmbuf_free(frame);
    if (copy != nullptr && copy->nb_segs == 1) return copy;
    rte_pktmbuf_free(copy);
    ++lost_;
    return nullptr;
}

void FrameSender::flush(Outgoing& outgoing) {
    // A device that is slow for a moment gets a second chance, one that stands still does not stop the worker.
    constexpr int kAttempts = 4;
    std::size_t sent = 0;
    for (int attempt = 0; attempt < kAttempts && sent < outgoing.count; ++attempt) {
        sent += rte_eth_tx_burst(outgoing.number, queue_, outgoing.frames.data() + sent,
                                 static_cast<std::uint16_t>(outgoing.count - sent));
    }
    lost_ += outgoing.count - sent;
    for (; sent < outgoing.count; ++sent)
        rte_pktmbuf_free(outgoing.frames[sent]);
    outgoing.count = 0;
}

}  // namespace esplane::dataplane
