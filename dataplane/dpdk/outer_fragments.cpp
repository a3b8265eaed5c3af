#include "dataplane/dpdk/outer_fragments.h"

#include <algorithm>

#include "dataplane/link/ethernet.h"

namespace esplane::dataplane {

OuterFragments::OuterFragments(PacketPools pools, std::uint64_t hash_seed, DropCounters& drops)
    : pools_(pools), drops_(drops), reassembly_(hash_seed, drops) {}

rte_mbuf* OuterFragments::add(MutableByteView fragment, PortNumber port) {
    const MutableByteView whole = reassembly_.add(fragment, port, std::chrono::steady_clock::now());
    if (whole.empty()) return nullptr;
    rte_mbuf* const buffer = copy(whole);
    if (buffer == nullptr) drops_.count(DropReason::kNoBuffer);
    return buffer;
}

void OuterFragments::turn() {
    if (second_.is_due()) [[unlikely]]
        reassembly_.expire(std::chrono::steady_clock::now());
}

rte_mbuf* OuterFragments::copy(ByteView packet) const {
    // What follows may put no more before the packet within than a link's header.
    constexpr std::size_t kHeadroom = kTaggedEthernetHeader;
    const bool is_large = packet.size() + RTE_PKTMBUF_HEADROOM > rte_pktmbuf_data_room_size(pools_.frames);
    if (is_large && packet.size() + kHeadroom > rte_pktmbuf_data_room_size(pools_.large)) return nullptr;
    rte_mbuf* const buffer = rte_pktmbuf_alloc(is_large ? pools_.large : pools_.frames);
    if (buffer == nullptr) return nullptr;
    const std::size_t headroom = is_large ? kHeadroom : RTE_PKTMBUF_HEADROOM;
    set_octets(*buffer, static_cast<std::uint8_t*>(buffer->buf_addr) + headroom, packet.size());
    std::copy(packet.begin(), packet.end(), octets_of(*buffer).begin());
    return buffer;
}

}  // namespace esplane::dataplane
