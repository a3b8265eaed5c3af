#include "tests/unit/dataplane/dpdk/port_frames.h"

#include <array>
#include <catch2/catch.hpp>

#include "benchmarks/pipeline/frames.h"
#include "benchmarks/pipeline/traffic.h"
#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/pipeline/esp_format.h"

namespace esplane::dataplane::test {
namespace {

constexpr std::size_t kIpAndTcp = 40;
constexpr std::size_t kIpAndUdp = 28;

}  // namespace

PortFrames::PortFrames(bench::RingWorker& ports, const bench::Suite& suite, std::uint32_t tunnels)
    : ports_(ports), headers_(bench::make_peer(suite, 0)->out.outer.header, bench::kSender) {
    for (std::uint32_t number = 0; number < tunnels; ++number)
        peers_.push_back(bench::make_peer(suite, number));
}

rte_mbuf* PortFrames::begin(std::uint32_t length) {
    rte_mbuf* const frame = ports_.make();
    set_octets(*frame, rte_pktmbuf_mtod(frame, std::uint8_t*), length);
    return frame;
}

rte_mbuf* PortFrames::plain(std::uint32_t tunnel, std::uint32_t length, std::uint32_t number) {
    rte_mbuf* const frame = begin(kEthernetHeader + length);
    const MutableByteView octets = octets_of(*frame);
    write_ethernet({.source = bench::kSender, .type = kEtherTypeIpv4}, octets.data());
    const MutableByteView packet = octets.subspan(kEthernetHeader);
    bench::write_packet(packet);
    bench::set_addresses(packet.data(), bench::our_host(), bench::host_behind(tunnel));
    store_be(packet.data() + kIpAndTcp, number);
    return frame;
}

rte_mbuf* PortFrames::sealed(std::uint32_t tunnel, std::uint32_t length, std::uint32_t number) {
    ChildSa& peer = *peers_[tunnel];
    const std::size_t payload = sealed_length(peer.out.key, length);
    rte_mbuf* const frame = begin(static_cast<std::uint32_t>(headers_.length() + payload));
    std::uint8_t* const esp = octets_of(*frame).data() + headers_.length();
    // The text stays where the packet is.
    const MutableByteView packet(esp + kEspHeader + peer.out.key.iv_length(), length);
    bench::write_packet(packet);
    bench::set_addresses(packet.data(), bench::host_behind(tunnel), bench::our_host());
    store_be(packet.data() + kIpAndTcp, number);

    Received received{.octets = packet};
    const std::array<Slot, 1> slots{Slot{.octets = esp, .capacity = static_cast<std::uint32_t>(payload)}};
    sealing_.clear();
    OutboundPacket& outbound = sealing_.add();
    outbound.received = &received;
    outbound.child = &peer;
    outbound.inner = *parse_inner(packet);
    encapsulate(sealing_, slots, drops_);
    seal(sealing_, cipher_, drops_);
    REQUIRE(sealing_.size() == 1);
    headers_.write(esp, static_cast<std::uint32_t>(payload));
    return frame;
}

std::uint32_t PortFrames::number_of(const rte_mbuf& plain) {
    return load_be<std::uint32_t>(octets_of(plain).data() + kEthernetHeader + kIpAndTcp);
}

Spi PortFrames::spi_of(const rte_mbuf& sealed) {
    return Spi{load_be<std::uint32_t>(octets_of(sealed).data() + kEthernetHeader + kIpAndUdp)};
}

std::uint32_t PortFrames::sequence_of(const rte_mbuf& sealed) {
    return load_be<std::uint32_t>(octets_of(sealed).data() + kEthernetHeader + kIpAndUdp + 4);
}

}  // namespace esplane::dataplane::test
