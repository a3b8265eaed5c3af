// The inbound pipeline under any octets: as a datagram as it is, and as what an authenticated peer has put inside ESP,
// sealed here with the SA's own key. What comes out lies within the SA's selectors and within its slot.
#include <array>
#include <cstdlib>

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/sa/policy_table.h"

using namespace esplane;             // NOLINT(google-build-using-namespace)
using namespace esplane::dataplane;  // NOLINT(google-build-using-namespace)

namespace {

constexpr Spi kSpi{0x12345678};

void hold(bool what) {
    if (!what) std::abort();
}

crypto::Secret key() {
    crypto::Secret made(36);
    made.writable()[0] = 1;
    return made;
}

SelectorPair selectors() {
    return {.local = {TrafficSelector::from_prefix(*Prefix::parse("10.1.0.0/16")),
                      TrafficSelector::from_prefix(*Prefix::parse("2001:db8:1::/48"))},
            .remote = {TrafficSelector::from_prefix(*Prefix::parse("10.2.0.0/16")),
                       TrafficSelector::from_prefix(*Prefix::parse("2001:db8:2::/48"))}};
}

ChildOptions options(bool esn) {
    ChildOptions made;
    made.spi_in = made.spi_out = kSpi;
    made.key_in = key();
    made.key_out = key();
    made.esn = esn;
    made.replay_window = 64;
    made.selectors = selectors();
    return made;
}

/// `text` is the whole plaintext: payload, padding and trailer as the peer likes them.
Bytes seal_as_peer(ByteView text, std::uint64_t sequence, bool esn) {
    static const crypto::EspGcm cipher{key()};
    Bytes packet(kEspOverhead + text.size());
    store_be(packet.data(), to_number(kSpi));
    store_be(packet.data() + 4, static_cast<std::uint32_t>(sequence));
    crypto::EspGcm::Iv iv{};
    store_be(iv.data(), sequence);
    std::copy(iv.begin(), iv.end(), packet.begin() + kEspHeader);
    const std::array<crypto::Slice, 1> from{text};
    std::uint8_t* const to = packet.data() + kEspHeader + kEspIv;
    cipher.seal(EspAad(kSpi, sequence, esn).view(), iv, from, to, to + text.size());
    return packet;
}

/// A SA, and room for one packet to come out of it.
class Bench {
  public:
    explicit Bench(bool esn)
        : tunnel_({.id = TunnelId{1}, .selectors = selectors(), .mss_ipv4 = 1300, .mss_ipv6 = 1280}),
          child_(options(esn)) {
        child_.tunnel = &tunnel_;
        table_.insert(kSpi, &child_);
    }

    void receive(Bytes datagram, Encapsulation encapsulation) {
        Received received{.octets = datagram, .encapsulation = encapsulation};
        const Slot slot{.octets = room_.data(), .capacity = static_cast<std::uint32_t>(room_.size())};
        batch_.clear();
        batch_.add().received = &received;
        classify(batch_, drops_, [](const Received&, ByteView) { return true; });
        look_up_sa(batch_, table_, drops_, [](const Received&) { return false; });
        check_replay(batch_, drops_);
        open(batch_, {&slot, 1}, drops_, [](const InboundPacket&) {});
        strip_trailer(batch_, drops_);
        check_selectors(batch_, drops_);
        clamp_mss(batch_);
        for (const InboundPacket& packet : batch_.packets()) {
            hold(packet.slot.length <= room_.size() && packet.slot.length == packet.inner.length);
            hold(matches_inbound(child_.selectors, packet.inner));
        }
    }

  private:
    TunnelState tunnel_;
    ChildSa child_;
    SpiTable table_;
    DropCounters drops_;
    InboundBatch batch_;
    Bytes room_ = Bytes(65536);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 60000) return 0;
    const bool esn = (data[0] & 1) != 0;
    const ByteView octets(data + 1, size - 1);
    Bench bench(esn);
    bench.receive(to_bytes(octets), (data[0] & 2) != 0 ? Encapsulation::kUdp : Encapsulation::kNone);
    if (octets.size() < kEspTrailer) return 0;
    const Bytes sealed = seal_as_peer(octets, 1, esn);
    bench.receive(sealed, Encapsulation::kNone);
    bench.receive(sealed, Encapsulation::kNone);  // the second time it is a replay
    return 0;
}
