#include "benchmarks/pipeline/encap.h"

#include "dataplane/pipeline/esp_format.h"

namespace esplane::bench {

using dataplane::kEspHeader;
using dataplane::kEspIv;
using dataplane::kEspOverhead;
using dataplane::sealed_length;

Encap::Encap(const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch)
    : tunnels_(suite.encr, tunnels), choice_(tunnels), plain_(batch, mix), sealed_(batch, mix) {
    for (std::size_t i = 0; i < batch; ++i) {
        const MutableByteView packet(plain_.at(i), mix.length(i));
        write_packet(packet);
        received_.push_back({.octets = packet, .port = kDevice});
        slots_.push_back({.octets = sealed_.at(i), .capacity = sealed_.capacity()});
        texts_.emplace_back(sealed_.at(i) + kEspHeader + kEspIv, sealed_length(mix.length(i)) - kEspOverhead);
    }
}

void Encap::prepare() {
    for (dataplane::Received& received : received_)
        set_addresses(received.octets.data(), our_host(), host_behind(choice_.next()));
}

}  // namespace esplane::bench
