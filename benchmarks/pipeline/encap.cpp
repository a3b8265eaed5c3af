#include "benchmarks/pipeline/encap.h"

#include "dataplane/pipeline/esp_format.h"

namespace esplane::bench {

using dataplane::sealed_length;

Encap::Encap(RingWorker& ports, const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch)
    : ports_(ports), tunnels_(suite, tunnels), choice_(tunnels), mix_(mix), frames_(ports, batch) {}

void Encap::prepare() {
    const crypto::EspKey& key = tunnels_.child().out.key;
    texts_.clear();
    for (std::size_t i = 0; i < frames_.size(); ++i) {
        const std::uint32_t length = mix_.length(i);
        std::uint8_t* const frame = frames_.begin_frame(i, dataplane::kEthernetHeader + length);
        // The port's own address is all zeros, as its ring's.
        dataplane::write_ethernet({.source = kSender, .type = dataplane::kEtherTypeIpv4}, frame);
        std::uint8_t* const packet = frame + dataplane::kEthernetHeader;
        write_packet({packet, length});
        set_addresses(packet, our_host(), host_behind(choice_.next()));
        // The text stays where the packet was.
        texts_.emplace_back(packet, sealed_length(key, length) - key.overhead());
    }
    ports_.arrive_clear(frames_.all());
}

std::size_t Encap::take_sent() {
    const std::size_t passed = ports_.take_sent_to_cipher(frames_.all());
    frames_.renew(passed);
    return passed;
}

}  // namespace esplane::bench
