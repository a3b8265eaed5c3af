#include "dataplane/io/segmenter.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/flows.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::Segment;
using Verdict = Segmenter::Verdict;

OffloadHeader tcp_offload(bool v6, std::uint16_t size) {
    return {.flags = kOffloadNeedsChecksum,
            .gso_type = v6 ? kGsoTcpIpv6 : kGsoTcpIpv4,
            .gso_size = size,
            .csum_start = static_cast<std::uint16_t>(v6 ? 40 : 20),
            .csum_offset = 16};
}

OffloadHeader udp_offload(bool v6, std::uint16_t size) {
    OffloadHeader offload = tcp_offload(v6, size);
    offload.gso_type = kGsoUdp;
    offload.csum_offset = 6;
    return offload;
}

std::vector<Bytes> cut(const OffloadHeader& offload, Bytes packet) {
    Segmenter segmenter;
    REQUIRE(segmenter.begin(offload, packet) == Verdict::kCut);
    std::vector<Bytes> segments;
    while (!segmenter.done()) {
        SegmentHeaders headers;
        const Received segment = segmenter.next(headers);
        Bytes buffer(segment.octets.size());
        segment.copy_to(buffer.data());
        segments.push_back(std::move(buffer));
    }
    return segments;
}

/// What the segments of `whole` must be, built one by one.
std::vector<Bytes> expected_segments(const Segment& whole, std::size_t size) {
    std::vector<Bytes> segments;
    for (std::size_t at = 0; at < whole.payload.size(); at += size) {
        Segment one = whole;
        const std::size_t length = std::min(size, whole.payload.size() - at);
        const auto begin = whole.payload.begin() + static_cast<std::ptrdiff_t>(at);
        one.payload = Bytes(begin, begin + static_cast<std::ptrdiff_t>(length));
        one.id = static_cast<std::uint16_t>(whole.id + segments.size());
        one.sequence = static_cast<std::uint32_t>(whole.sequence + at);
        if (at + length < whole.payload.size()) one.flags &= 0xf6;  // neither FIN nor PSH
        if (at > 0) one.flags &= 0x7f;                              // no CWR
        segments.push_back(test::build(one));
    }
    return segments;
}

TEST_CASE("a super-packet is cut into the segments that its sender would have sent") {
    for (const bool v6 : {false, true}) {
        for (const bool tcp : {true, false}) {
            for (const std::size_t payload : {1U, 999U, 1000U, 1001U, 3000U, 63'000U}) {
                for (const std::uint16_t size : {std::uint16_t{1000}, std::uint16_t{1398}, std::uint16_t{7}}) {
                    if (payload / size > 200) continue;
                    Segment whole{.v6 = v6, .tcp = tcp, .id = 0xfffe, .sequence = 0xfffffff0, .flags = 0x99};
                    whole.payload = test::filler(payload);
                    if (tcp) whole.options = test::filler(12);
                    const OffloadHeader offload = tcp ? tcp_offload(v6, size) : udp_offload(v6, size);
                    INFO((v6 ? "IPv6 " : "IPv4 ") << (tcp ? "TCP " : "UDP ") << payload << " by " << size);
                    CHECK(cut(offload, test::build(whole)) == expected_segments(whole, size));
                }
            }
        }
    }
}

TEST_CASE("a checksum that was left to us is filled in, and a packet without offload is left alone") {
    for (const bool tcp : {true, false}) {
        const Segment plain{.tcp = tcp, .payload = test::filler(501)};
        const Bytes right = test::build(plain);
        Bytes packet = right;
        Segmenter segmenter;
        CHECK(segmenter.begin({}, packet) == Verdict::kWhole);
        CHECK(packet == right);
        OffloadHeader offload = tcp ? tcp_offload(false, 0) : udp_offload(false, 0);
        offload.gso_type = kGsoNone;
        // The sum of the pseudo header, as the kernel leaves it there.
        const std::size_t at = offload.csum_start + std::size_t{offload.csum_offset};
        Bytes pseudo(right.begin() + 12, right.begin() + 20);
        append(pseudo, Bytes{0, static_cast<std::uint8_t>(tcp ? 6 : 17)});
        pseudo.resize(pseudo.size() + 2);
        store_be(pseudo.data() + 10, static_cast<std::uint16_t>(right.size() - 20));
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < pseudo.size(); i += 2)
            sum += load_be<std::uint16_t>(pseudo.data() + i);
        store_be(packet.data() + at, static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16)));
        CHECK(segmenter.begin(offload, packet) == Verdict::kWhole);
        CHECK(packet == right);
        CHECK(segmenter.done());
    }
}

TEST_CASE("what does not fit together is broken, and nothing comes of it") {
    const Bytes tcp = test::build({.payload = test::filler(3000)});
    const Bytes udp = test::build({.tcp = false, .payload = test::filler(3000)});
    const auto check = [](const char* what, OffloadHeader offload, Bytes packet) {
        INFO(what);
        Segmenter segmenter;
        CHECK(segmenter.begin(offload, packet) == Verdict::kBroken);
        CHECK(segmenter.done());
    };
    check("segments of nothing", tcp_offload(false, 0), tcp);
    check("UDP said to be TCP", tcp_offload(false, 1000), udp);
    check("TCP said to be UDP", udp_offload(false, 1000), tcp);
    check("an unknown kind", {.gso_type = 99, .gso_size = 1000}, tcp);
    check("no payload", tcp_offload(false, 1000), test::build({}));
    check("a checksum outside", {.flags = kOffloadNeedsChecksum, .csum_start = 20, .csum_offset = 5000}, tcp);
    Bytes shortened = tcp;
    shortened.resize(2000);
    check("shorter than it says", tcp_offload(false, 1000), shortened);
    Bytes no_header = tcp;
    no_header[20 + 12] = 0x10;
    check("a TCP header of 4 octets", tcp_offload(false, 1000), no_header);
    Bytes fragment = tcp;
    fragment[6] = 0x20;
    check("a fragment", tcp_offload(false, 1000), fragment);
    for (std::size_t length = 0; length < 60; ++length)
        check("cut off", tcp_offload(false, 1000),
              Bytes(tcp.begin(), tcp.begin() + static_cast<std::ptrdiff_t>(length)));
}

}  // namespace
}  // namespace esplane::dataplane
