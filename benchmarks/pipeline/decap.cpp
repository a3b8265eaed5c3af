#include "benchmarks/pipeline/decap.h"

#include <algorithm>

#include "dataplane/pipeline/esp_format.h"

namespace esplane::bench {

using dataplane::kEspHeader;
using dataplane::sealed_length;

Decap::Decap(RingWorker& ports, const Suite& suite, std::uint32_t tunnels, const Mix& mix, std::size_t batch)
    : ports_(ports),
      tunnels_(suite, tunnels),
      choice_(tunnels),
      mix_(mix),
      frames_(ports, batch),
      headers_(make_peer(suite, 0)->out.outer.header, kSender),
      plain_(batch, mix),
      wire_(batch) {
    for (std::uint32_t number = 0; number < tunnels; ++number)
        peers_.push_back(make_peer(suite, number));
    const crypto::EspKey& key = tunnels_.child().in.key;
    for (std::size_t i = 0; i < batch; ++i) {
        const MutableByteView packet(plain_.at(i), mix.length(i));
        write_packet(packet);
        sent_.push_back({.octets = packet});
        wire_[i].resize(PeerHeaders::kLongest + sealed_length(key, mix.length(i)));
        on_wire_.push_back({.octets = wire_[i].data() + PeerHeaders::kLongest,
                            .capacity = static_cast<std::uint32_t>(wire_[i].size() - PeerHeaders::kLongest)});
    }
}

void Decap::prepare() {
    seal();
    prepare_again();
}

void Decap::seal() {
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
    for (std::size_t i = 0; i < wire_.size(); ++i)
        headers_.write(on_wire_[i].octets, on_wire_[i].capacity);
}

void Decap::prepare_again() {
    const crypto::EspKey& key = tunnels_.child().in.key;
    texts_.clear();
    for (std::size_t i = 0; i < frames_.size(); ++i) {
        const std::size_t length = headers_.length() + on_wire_[i].capacity;
        std::uint8_t* const frame = frames_.begin_frame(i, length);
        std::copy(wire_[i].end() - static_cast<std::ptrdiff_t>(length), wire_[i].end(), frame);
        texts_.emplace_back(frame + headers_.length() + kEspHeader + key.iv_length(),
                            on_wire_[i].capacity - key.overhead());
    }
    ports_.arrive_cipher(frames_.all());
}

std::size_t Decap::take_sent() {
    const std::size_t passed = ports_.take_sent_to_clear(frames_.all());
    frames_.renew(passed);
    return passed;
}

}  // namespace esplane::bench
