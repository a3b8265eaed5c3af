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

struct Suite {
    crypto::Encr encr;
    crypto::IntegId integ;
};

/// One of each form: an AEAD, a block cipher with HMAC, and one whose header has no IV.
constexpr Suite kSuites[] = {
    {{crypto::EncrId::kAesGcm16, 256}, crypto::IntegId::kNone},
    {{crypto::EncrId::kAesCbc, 256}, crypto::IntegId::kHmacSha256_128},
    {{crypto::EncrId::kChaCha20Poly1305, 256}, crypto::IntegId::kNone},
    {{crypto::EncrId::kNull, 0}, crypto::IntegId::kHmacSha512_256},
};

crypto::Secret key(const Suite& suite) {
    crypto::Secret made(crypto::EspKey::material_length(suite.encr, suite.integ));
    made.writable()[0] = 1;
    return made;
}

SelectorPair selectors() {
    return {.local = {TrafficSelector::from_prefix(*Prefix::parse("10.1.0.0/16")),
                      TrafficSelector::from_prefix(*Prefix::parse("2001:db8:1::/48"))},
            .remote = {TrafficSelector::from_prefix(*Prefix::parse("10.2.0.0/16")),
                       TrafficSelector::from_prefix(*Prefix::parse("2001:db8:2::/48"))}};
}

ChildOptions options(const Suite& suite, bool esn, Mode mode) {
    ChildOptions made;
    made.mode = mode;
    made.outer = {{*IpAddress::parse("10.1.0.1"), 0}, {*IpAddress::parse("10.2.0.1"), 0}};
    made.spi_in = made.spi_out = kSpi;
    made.encr = suite.encr;
    made.integ = suite.integ;
    made.key_in = key(suite);
    made.key_out = key(suite);
    made.esn = esn;
    made.replay_window = 64;
    made.selectors = selectors();
    return made;
}

/// `text` is the whole plaintext: payload, padding and trailer as the peer likes them.
Bytes seal_as_peer(ByteView text, const Suite& suite, std::uint64_t sequence, bool esn) {
    static crypto::EspCipher cipher;
    const crypto::EspKey sealing(suite.encr, suite.integ, key(suite));
    const std::array<crypto::Slice, 1> whole_blocks{
        text.first(text.size() / sealing.block_length() * sealing.block_length())};
    Bytes packet(sealing.overhead() + whole_blocks[0].size());
    const crypto::SealJob job{.key = &sealing,
                              .spi = to_number(kSpi),
                              .esn = esn,
                              .sequence = sequence,
                              .text = whole_blocks,
                              .packet = packet.data()};
    cipher.seal({&job, 1});
    return packet;
}

/// A SA, and room for one packet to come out of it.
class Bench {
  public:
    Bench(const Suite& suite, bool esn, Mode mode)
        : tunnel_({.id = TunnelId{1}, .policies = {selectors()}, .mtu_bytes = 1340}),
          child_(options(suite, esn, mode)) {
        hold(child_.join(tunnel_));
        table_.insert(kSpi, &child_);
    }

    void receive(Bytes datagram, Encapsulation encapsulation) {
        Received received{.octets = datagram,
                          .outer = child_.out.outer.path,
                          .encapsulation = encapsulation,
                          .traffic_class = datagram.front()};
        const Slot slot{.octets = room_.data(), .capacity = static_cast<std::uint32_t>(room_.size())};
        batch_.clear();
        batch_.add().received = &received;
        classify(batch_, drops_, [](const Received&, ByteView) { return true; });
        look_up_sa(batch_, table_, drops_, [](const Received&) { return false; });
        check_replay(batch_, drops_);
        open(batch_, {&slot, 1}, cipher_, drops_, [](const InboundPacket&) {});
        strip_trailer(batch_, drops_);
        check_selectors(batch_, {{}, fragments_}, drops_);
        carry_congestion(batch_, drops_);
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
    FragmentPorts fragments_{DatagramLimits{.datagrams = 4}};
    crypto::EspCipher cipher_;
    InboundBatch batch_;
    Bytes room_ = Bytes(65536);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 60000) return 0;
    const bool esn = (data[0] & 1) != 0;
    const ByteView octets(data + 1, size - 1);
    const Suite& suite = kSuites[data[0] >> 2 & 3];
    Bench bench(suite, esn, (data[0] & 16) != 0 ? Mode::kTransport : Mode::kTunnel);
    bench.receive(to_bytes(octets), (data[0] & 2) != 0 ? Encapsulation::kUdp : Encapsulation::kNone);
    if (octets.size() < kLongestBlock) return 0;
    const Bytes sealed = seal_as_peer(octets, suite, 1, esn);
    bench.receive(sealed, Encapsulation::kNone);
    bench.receive(sealed, Encapsulation::kNone);  // the second time it is a replay
    return 0;
}
