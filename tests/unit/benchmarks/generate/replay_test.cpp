#include "benchmarks/generate/replay.h"

#include <catch2/catch.hpp>

#include "benchmarks/generate/course.h"
#include "benchmarks/generate/stamper.h"
#include "dataplane/packet/checksum.h"
#include "tests/unit/benchmarks/generate/captures.h"
#include "tests/unit/benchmarks/generate/traffics.h"
#include "tests/unit/benchmarks/generate/wire.h"

namespace esplane::bench::generate {
namespace {

constexpr EthernetEnds kEnds{{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}};

Bytes frame_of(Family family, std::uint32_t sequence) {
    const Stamper stamper(test::traffic(family, Transport::kUdp, "80"), {});
    Bytes frame(stamper.longest());
    stamper.stamp(frame.data(), {.sequence = sequence});
    return frame;
}

Bytes packet_of(Family family, std::uint32_t sequence) {
    const Bytes frame = frame_of(family, sequence);
    return {frame.begin() + kEthernetHeader, frame.end()};
}

Replay replay_of(const test::CaptureFile& file) {
    return make_replay(parse_pcap(file.octets()), kEnds);
}

TEST_CASE("packets of Ethernet are sent to the next hop, without what padded them") {
    test::CaptureFile file;
    Bytes padded = frame_of(Family::kIpv4, 1);
    padded.resize(120);
    file.frame(1, 0, padded);
    file.frame(1, 500'000, frame_of(Family::kIpv6, 2));
    file.frame(2, 0, from_hex("ffffffffffff02000000000108060001080006040001"));  // ARP
    file.frame(3, 0, frame_of(Family::kIpv4, 3), 1500);
    const Replay replay = replay_of(file);
    REQUIRE(replay.frames.size() == 2);
    CHECK(to_hex(ByteView(replay.frames[0]).first(14)) == "0200000000020200000000010800");
    CHECK(ByteView(replay.frames[0]).size() == kEthernetHeader + 80);
    CHECK(to_hex(ByteView(replay.frames[1]).first(14)) == "02000000000202000000000186dd");
    CHECK(replay.without_ip == 1);
    CHECK(replay.cut == 1);
    CHECK(replay.rate == Approx(1.5));
}

TEST_CASE("packets of IP without a link layer get one") {
    for (const std::uint32_t link_type : {101U, 228U}) {
        test::CaptureFile file(false, false, link_type);
        file.frame(1, 0, packet_of(Family::kIpv4, 1));
        const Replay replay = replay_of(file);
        CHECK(to_hex(ByteView(replay.frames[0]).first(14)) == "0200000000020200000000010800");
        CHECK(replay.rate == 0);
    }
}

TEST_CASE("what cannot be replayed is refused") {
    test::CaptureFile linux_cooked(false, false, 113);
    linux_cooked.frame(1, 0, packet_of(Family::kIpv4, 1));
    CHECK_THROWS_WITH(replay_of(linux_cooked), "a capture of link type 113, neither Ethernet nor IP");
    CHECK_THROWS_WITH(replay_of(test::CaptureFile()), "a capture without a whole IP packet");
    // Headers that say more than there is, or less than a header.
    for (const char* packet :
         {"45", "45000014", "4500003c00000000401100000a0100010a800009", "60000000",
          "4400001400000000401100000a0100010a800009", "4500001300000000401100000a0100010a800009"}) {
        INFO(packet);
        test::CaptureFile file(false, false, 101);
        file.frame(1, 0, from_hex(packet));
        CHECK_THROWS_WITH(replay_of(file), "a capture without a whole IP packet");
    }
}

TEST_CASE("packets are known again by what no router changes") {
    test::CaptureFile file;
    file.frame(1, 0, frame_of(Family::kIpv4, 1));
    file.frame(2, 0, frame_of(Family::kIpv4, 1));  // the same once more
    file.frame(3, 0, frame_of(Family::kIpv6, 2));
    const Replay replay = replay_of(file);
    ReplaySink sink(replay);
    Bytes routed = replay.frames[0];
    routed[kEthernetHeader + 8] -= 1;    // TTL
    routed[kEthernetHeader + 11] += 1;   // and checksum
    routed[kEthernetHeader + 1] = 0xb8;  // DSCP
    for (int i = 0; i < 3; ++i)
        sink.take(routed, 0);
    Bytes damaged = replay.frames[2];
    damaged.back() ^= 1;
    sink.take(damaged, 0);
    sink.take(from_hex("ffffffffffff02000000000108060001080006040001"), 0);
    sink.take({}, 0);
    // Five sent: 0 1 2 0 1. Of the first kind four, of which three came; of the second one.
    const ReplayArrivals five = sink.arrivals(5);
    CHECK(five.received == 3);
    CHECK(five.lost == 2);
    CHECK(five.duplicates == 0);
    CHECK(five.foreign == 3);
    const ReplayArrivals two = sink.arrivals(2);
    CHECK(two.received == 2);
    CHECK(two.lost == 0);
    CHECK(two.duplicates == 1);
}

TEST_CASE("a replay over a wire that loses and doubles is counted exactly") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    test::CaptureFile file;
    for (std::uint32_t i = 0; i < 7; ++i)
        file.frame(1, i, frame_of(i % 2 == 0 ? Family::kIpv4 : Family::kIpv6, i));
    const Replay replay = replay_of(file);
    test::Wire wire({.loss = 0.2, .duplication = 0.1, .jitter = 5000}, seed);
    test::WirePort out(wire);
    test::WirePort in(wire);
    ReplaySource source(replay);
    ReplaySink sink(replay);
    Plan plan = Plan::paced(1e6, 0.001, 1e9);
    plan.residue_seconds = 1e-4;
    const Course course = run_course(out, in, source, sink, plan, [&] { return wire.tick(); });
    CHECK(course.sent == wire.sent());
    const ReplayArrivals arrivals = sink.arrivals(course.sent);
    CHECK(arrivals.received + arrivals.lost == course.sent);
    CHECK(arrivals.received + arrivals.duplicates == wire.delivered().size());
    CHECK(arrivals.foreign == 0);
}

}  // namespace
}  // namespace esplane::bench::generate
