#include "benchmarks/pipeline/encap.h"

#include "dataplane/pipeline/esp_format.h"

namespace esplane::bench {

using dataplane::kEspHeader;
using dataplane::sealed_length;

Encap::Encap(const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch)
    : tunnels_(suite, tunnels), choice_(tunnels), plain_(batch, mix), sealed_(batch, mix) {
    const crypto::EspKey& key = tunnels_.children.front()->out.key;
    for (std::size_t i = 0; i < batch; ++i) {
        const MutableByteView packet(plain_.at(i), mix.length(i));
        write_packet(packet);
        received_.push_back({.octets = packet, .port = kDevice});
        slots_.push_back({.octets = sealed_.at(i), .capacity = sealed_.capacity()});
        texts_.emplace_back(sealed_.at(i) + kEspHeader + key.iv_length(),
                            sealed_length(key, mix.length(i)) - key.overhead());
    }
}

void Encap::prepare() {
    for (dataplane::Received& received : received_)
        set_addresses(received.octets.data(), our_host(), host_behind(choice_.next()));
}

}  // namespace esplane::bench
