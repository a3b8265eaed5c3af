#include "benchmarks/pipeline/decap.h"

#include "dataplane/pipeline/esp_format.h"

namespace esplane::bench {

using dataplane::kEspHeader;
using dataplane::sealed_length;

Decap::Decap(const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch)
    : tunnels_(suite, tunnels), choice_(tunnels), plain_(batch, mix), sealed_(batch, mix) {
    for (std::uint32_t number = 0; number < tunnels; ++number)
        peers_.push_back(make_peer(suite, number));
    const crypto::EspKey& key = tunnels_.children.front()->in.key;
    const Path& path = tunnels_.children.front()->out.path;
    for (std::size_t i = 0; i < batch; ++i) {
        const std::uint32_t length = mix.length(i);
        const MutableByteView packet(plain_.at(i), length);
        const MutableByteView datagram(sealed_.at(i), sealed_length(key, length));
        write_packet(packet);
        sent_.push_back({.octets = packet});
        on_wire_.push_back({.octets = sealed_.at(i), .capacity = sealed_.capacity()});
        received_.push_back({.octets = datagram, .outer = path, .encapsulation = dataplane::Encapsulation::kUdp});
        slots_.push_back({.octets = plain_.at(i), .capacity = plain_.capacity()});
        texts_.push_back(datagram.subspan(kEspHeader + key.iv_length(), datagram.size() - key.overhead()));
    }
}

void Decap::prepare() {
    sealing_.clear();
    for (dataplane::Received& sent : sent_) {
        const std::uint32_t tunnel = choice_.next();
        set_addresses(sent.octets.data(), host_behind(tunnel), our_host());
        dataplane::OutboundPacket& packet = sealing_.add();
        packet.received = &sent;
        packet.child = peers_[tunnel].get();
        packet.inner = *dataplane::parse_inner(sent.octets);
    }
    dataplane::encapsulate(sealing_, on_wire_, drops_);
    dataplane::seal(sealing_, cipher_, drops_);
}

}  // namespace esplane::bench
