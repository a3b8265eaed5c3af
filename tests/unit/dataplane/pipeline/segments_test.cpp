// Segments that still lie in their super-packet go through the stages as if each stood for itself.
#include <catch2/catch.hpp>

#include "dataplane/io/segmenter.h"
#include "tests/unit/dataplane/support/flows.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using crypto::EncrId;
using crypto::IntegId;
using test::Drops;
using test::InboundRig;
using test::OutboundRig;

/// A super-packet with no more room behind than a clear side has to leave.
class SuperPacket {
  public:
    SuperPacket(std::size_t payload, std::uint16_t size, bool dont_fragment = true) {
        memory_ = test::build({.dont_fragment = dont_fragment, .payload = test::filler(payload)});
        std::copy_n(test::address("10.1.0.9").octets().begin(), 4, memory_.begin() + 12);
        std::copy_n(test::address("10.2.0.9").octets().begin(), 4, memory_.begin() + 16);
        length_ = memory_.size();
        memory_.resize(length_ + kTailroom, 0xee);
        const OffloadHeader offload{.flags = kOffloadNeedsChecksum,
                                    .gso_type = kGsoTcpIpv4,
                                    .gso_size = size,
                                    .csum_start = 20,
                                    .csum_offset = 16};
        Segmenter segmenter;
        REQUIRE(segmenter.begin(offload, MutableByteView(memory_).first(length_)) == Segmenter::Verdict::kCut);
        for (std::size_t i = 0; !segmenter.done(); ++i) {
            received_.push_back(segmenter.next(headers_[i]));
            received_.back().port = test::kDevice;
        }
    }
    /// Each in one piece.
    std::vector<Bytes> plain() const {
        std::vector<Bytes> all;
        for (const Received& segment : received_) {
            segment.copy_to(all.emplace_back(segment.octets.size()).data());
        }
        return all;
    }
    std::span<Received> received() { return received_; }

  private:
    Bytes memory_;
    std::size_t length_ = 0;
    std::array<SegmentHeaders, kBurst> headers_;
    std::vector<Received> received_;
};

struct Way {
    const char* what;
    crypto::Encr encr;
    IntegId integ = IntegId::kNone;
    Mode mode = Mode::kTunnel;
    bool pad_to_mtu = false;
};

constexpr Way kWays[] = {
    {"GCM", {EncrId::kAesGcm16, 256}},
    {"GCM, all of one length", {EncrId::kAesGcm16, 256}, IntegId::kNone, Mode::kTunnel, true},
    {"GCM in transport mode", {EncrId::kAesGcm16, 256}, IntegId::kNone, Mode::kTransport},
    {"ChaCha20", {EncrId::kChaCha20Poly1305, 256}},
    {"CBC", {EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128},
    {"CBC, all of one length", {EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128, Mode::kTunnel, true},
    {"HMAC in transport mode", {EncrId::kNull, 0}, IntegId::kHmacSha256_128, Mode::kTransport},
};

ChildOptions options_for(const Way& way) {
    ChildOptions options = test::with_suite(test::child_options(), way.encr, way.integ);
    options.mode = way.mode;
    options.tfc_accepted = way.pad_to_mtu;
    return options;
}

TunnelPolicy policy_for(const Way& way, std::uint32_t mtu = 1400) {
    TunnelPolicy policy = test::tunnel_policy();
    policy.pad_to_mtu = way.pad_to_mtu;
    policy.mtu_bytes = mtu;
    return policy;
}

TEST_CASE("what the other end opens is every segment, whatever the suite and however short") {
    for (const Way& way : kWays) {
        for (const std::uint16_t size :
             {std::uint16_t{1300}, std::uint16_t{100}, std::uint16_t{33}, std::uint16_t{7}}) {
            for (const std::size_t payload : {size * 40U, size * 3U + 1U, size * 17U - 1U, 5U}) {
                INFO(way.what << ", " << payload << " octets by " << size);
                SuperPacket packet(payload, size);
                const std::vector<Bytes> expected = packet.plain();
                OutboundRig out(options_for(way), policy_for(way));
                const std::vector<Bytes> sealed = out.run(packet.received());
                CHECK(test::drops_of(out.worker_drops) == Drops{});
                REQUIRE(sealed.size() == expected.size());
                // CBC's IVs are drawn, of the others every octet is known.
                if (way.encr.id != EncrId::kAesCbc) {
                    OutboundRig plain(options_for(way), policy_for(way));
                    CHECK(sealed == plain.run(expected));
                }
                if (way.mode == Mode::kTransport) continue;
                InboundRig in(test::mirrored(options_for(way)), policy_for(way));
                CHECK(in.run(sealed) == expected);
            }
        }
    }
}

TEST_CASE("segments that do not fit are fragmented, the last that does is not harmed by it") {
    const Way& way = kWays[0];
    TunnelPolicy policy = policy_for(way, 1000);
    policy.df = DfPolicy::kClear;
    SuperPacket packet(10 * 1300 + 50, 1300);
    const std::vector<Bytes> expected = packet.plain();
    OutboundRig out(options_for(way), policy);
    InboundRig in(test::mirrored(options_for(way)), policy_for(way));
    const std::vector<Bytes> opened = in.run(out.run(packet.received()));
    REQUIRE(opened.size() == 2 * 10 + 1);
    CHECK(opened.front() == expected.back());
    for (std::size_t i = 0; i < 10; ++i) {
        Bytes payload;
        for (std::size_t half = 0; half < 2; ++half)
            append(payload, ByteView(opened[1 + 2 * i + half]).subspan(20));
        CHECK(payload == to_bytes(ByteView(expected[i]).subspan(20)));
    }
}

TEST_CASE("whoever has to be told that a segment does not fit sees the segment, not its neighbour") {
    const Way& way = kWays[0];
    SuperPacket packet(3 * 1300 + 50, 1300);
    const std::vector<Bytes> expected = packet.plain();
    OutboundRig out(options_for(way), policy_for(way, 1000));
    CHECK(out.run(packet.received()).size() == 1);
    const auto refused = out.fitting.refused();
    REQUIRE(refused.size() == 3);
    for (std::size_t i = 0; i < refused.size(); ++i)
        CHECK(to_bytes(refused[i].received->octets) == expected[i]);
}

}  // namespace
}  // namespace esplane::dataplane
