#include "dataplane/io/coalescer.h"

#include <catch2/catch.hpp>
#include <functional>

#include "crypto/random.h"
#include "dataplane/io/segmenter.h"
#include "tests/unit/dataplane/support/flows.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/traffic.h"

namespace esplane::dataplane {
namespace {

using test::Segment;

constexpr OffloadSupport kAll{.tcp = true, .udp = true};

/// Groups the packets and takes every train apart again, as the host's kernel would. What came out, train by train.
std::vector<std::vector<Bytes>> there_and_back(std::vector<Bytes> packets, OffloadSupport takes = kAll) {
    std::vector<Slot> slots;
    slots.reserve(packets.size());
    for (Bytes& packet : packets) {
        packet.insert(packet.begin(), sizeof(OffloadHeader), 0);
        slots.push_back({.octets = packet.data() + sizeof(OffloadHeader),
                         .length = static_cast<std::uint32_t>(packet.size() - sizeof(OffloadHeader))});
    }
    Coalescer coalescer;
    coalescer.group(slots, 0, takes);
    std::vector<std::vector<Bytes>> trains;
    for (std::size_t i = 0; i < coalescer.trains(); ++i) {
        Bytes written;
        for (const iovec& piece : coalescer.finish(i))
            append(written, {static_cast<const std::uint8_t*>(piece.iov_base), piece.iov_len});
        REQUIRE(written.size() >= sizeof(OffloadHeader));
        OffloadHeader offload;
        std::memcpy(&offload, written.data(), sizeof offload);
        written.erase(written.begin(), written.begin() + sizeof offload);
        std::vector<Bytes>& train = trains.emplace_back();
        Segmenter segmenter;
        if (segmenter.begin(offload, written) == Segmenter::Verdict::kWhole) {
            CHECK(coalescer.packets(i) == 1);
            train.push_back(written);
            continue;
        }
        REQUIRE_FALSE(segmenter.done());
        while (!segmenter.done()) {
            SegmentHeaders headers;
            const Received segment = segmenter.next(headers);
            Bytes buffer(segment.octets.size());
            segment.copy_to(buffer.data());
            train.push_back(std::move(buffer));
        }
        CHECK(coalescer.packets(i) == train.size());
    }
    return trains;
}

std::vector<Bytes> flat(const std::vector<std::vector<Bytes>>& trains) {
    std::vector<Bytes> all;
    for (const auto& train : trains)
        all.insert(all.end(), train.begin(), train.end());
    return all;
}

/// Two segments of 100 octets that follow each other.
std::pair<Segment, Segment> neighbours(bool v6, bool tcp) {
    Segment first{.v6 = v6, .tcp = tcp, .id = 9, .payload = test::filler(100)};
    if (tcp) first.options = Bytes(12, 1);
    Segment second = first;
    second.sequence += 100;
    second.id += 1;
    return {first, second};
}

TEST_CASE("neighbours become one packet, whose header says all") {
    for (const bool v6 : {false, true}) {
        for (const bool tcp : {true, false}) {
            INFO((v6 ? "IPv6 " : "IPv4 ") << (tcp ? "TCP" : "UDP"));
            const auto [first, second] = neighbours(v6, tcp);
            const std::vector<Bytes> packets = {test::build(first), test::build(second)};
            const auto trains = there_and_back(packets);
            CHECK(trains.size() == 1);
            CHECK(flat(trains) == packets);
        }
    }
}

TEST_CASE("whatever cutting would not give back keeps two segments apart") {
    struct Case {
        const char* what;
        std::function<void(Segment&)> change;  // of the second
        bool of_udp = true;                    // holds for UDP, too
    };
    const std::vector<Case> cases = {
        {"another host", [](Segment& s) { s.host = 2; }},
        {"another port", [](Segment& s) { s.source_port = 1001; }},
        {"DSCP", [](Segment& s) { s.traffic_class = 0x20; }},
        {"ECN", [](Segment& s) { s.traffic_class = 0x03; }},
        {"TTL", [](Segment& s) { s.ttl = 63; }},
        {"longer than the first", [](Segment& s) { s.payload.push_back(0); }},
        {"nothing in it", [](Segment& s) { s.payload.clear(); }},
        {"a hole", [](Segment& s) { ++s.sequence; }, false},
        {"a repetition", [](Segment& s) { s.sequence -= 100; }, false},
        {"acknowledges more", [](Segment& s) { ++s.acknowledged; }, false},
        {"another window", [](Segment& s) { ++s.window; }, false},
        {"another option", [](Segment& s) { s.options.back() = 2; }, false},
        {"fewer options", [](Segment& s) { s.options.resize(8); }, false},
        {"no ACK", [](Segment& s) { s.flags = 0; }, false},
        {"SYN", [](Segment& s) { s.flags |= 0x02; }, false},
        {"RST", [](Segment& s) { s.flags |= 0x04; }, false},
        {"URG", [](Segment& s) { s.flags |= 0x20; }, false},
        {"ECE", [](Segment& s) { s.flags |= 0x40; }, false},
        {"CWR", [](Segment& s) { s.flags |= 0x80; }, false},
    };
    for (const bool v6 : {false, true}) {
        for (const bool tcp : {true, false}) {
            for (const Case& each : cases) {
                if (!tcp && !each.of_udp) continue;
                INFO(each.what << (v6 ? ", IPv6 " : ", IPv4 ") << (tcp ? "TCP" : "UDP"));
                auto [first, second] = neighbours(v6, tcp);
                each.change(second);
                const std::vector<Bytes> packets = {test::build(first), test::build(second)};
                const auto trains = there_and_back(packets);
                CHECK(trains.size() == 2);
                CHECK(flat(trains) == packets);
            }
        }
    }
}

TEST_CASE("without DF the IDs must count up; with it they say nothing") {
    auto [first, second] = neighbours(false, true);
    second.id += 5;
    CHECK(there_and_back({test::build(first), test::build(second)}).size() == 1);
    first.dont_fragment = second.dont_fragment = false;
    CHECK(there_and_back({test::build(first), test::build(second)}).size() == 2);
    second.id = static_cast<std::uint16_t>(first.id + 1);
    CHECK(there_and_back({test::build(first), test::build(second)}).size() == 1);
}

TEST_CASE("PSH, FIN and a shorter segment end a train") {
    for (const std::uint8_t flag : {std::uint8_t{0x08}, std::uint8_t{0x01}}) {
        auto [first, second] = neighbours(false, true);
        second.flags |= flag;
        Segment third = second;
        third.sequence += 100;
        third.id += 1;
        third.flags = 0x10;
        const std::vector<Bytes> packets = {test::build(first), test::build(second), test::build(third)};
        const auto trains = there_and_back(packets);
        CHECK(trains.size() == 2);
        CHECK(flat(trains) == packets);
    }
    auto [first, second] = neighbours(false, true);
    second.payload.resize(50);
    Segment third = second;
    third.sequence += 50;
    third.id += 1;
    const std::vector<Bytes> packets = {test::build(first), test::build(second), test::build(third)};
    CHECK(flat(there_and_back(packets)) == packets);
    CHECK(there_and_back(packets).size() == 2);
}

TEST_CASE("a wrong checksum is passed on as it is, never made right") {
    for (const bool tcp : {true, false}) {
        for (const std::size_t which : {0U, 1U}) {
            for (const std::size_t at : {10U, 25U, 36U, 90U}) {  // IP checksum, transport header, its end, payload
                const auto [first, second] = neighbours(false, tcp);
                std::vector<Bytes> packets = {test::build(first), test::build(second)};
                packets[which][at] ^= 0x10;
                INFO("packet " << which << ", octet " << at);
                const auto trains = there_and_back(packets);
                CHECK(trains.size() == 2);
                CHECK(flat(trains) == packets);
            }
        }
    }
    auto [first, second] = neighbours(false, false);
    std::vector<Bytes> packets = {test::build(first), test::build(second)};
    for (Bytes& packet : packets)
        packet[26] = packet[27] = 0;  // UDP without a checksum
    CHECK(there_and_back(packets).size() == 2);
}

TEST_CASE("only what the device takes, and never across devices") {
    const auto [first, second] = neighbours(false, true);
    const std::vector<Bytes> tcp = {test::build(first), test::build(second)};
    CHECK(there_and_back(tcp, {}).size() == 2);
    CHECK(there_and_back(tcp, {.udp = true}).size() == 2);
    const auto [datagram, next] = neighbours(false, false);
    CHECK(there_and_back({test::build(datagram), test::build(next)}, {.tcp = true}).size() == 2);

    std::vector<Bytes> packets = tcp;
    std::vector<Slot> slots;
    for (Bytes& packet : packets)
        slots.push_back({.octets = packet.data(), .length = static_cast<std::uint32_t>(packet.size())});
    slots[1].port = ClearPort{1};
    Coalescer coalescer;
    coalescer.group(slots, 0, kAll);
    CHECK(coalescer.trains() == 2);
    CHECK(coalescer.port(1) == ClearPort{1});
}

TEST_CASE("a train is no longer than an IP packet can say") {
    Segment segment{.payload = test::filler(1400)};
    std::vector<Bytes> packets;
    for (std::size_t i = 0; i < kBurst; ++i) {
        packets.push_back(test::build(segment));
        segment.sequence += 1400;
        segment.id += 1;
    }
    const auto trains = there_and_back(packets);
    constexpr std::size_t kMost = (65535 - 40) / 1400;
    CHECK(trains.size() == (kBurst + kMost - 1) / kMost);
    CHECK(trains.front().size() == kMost);
    CHECK(flat(trains) == packets);
}

TEST_CASE("random flows, losses and accidents: every octet comes out, in order within each flow") {
    const std::uint64_t seed = 0xc0a1e5ce;
    crypto::SeededRandom random(seed);
    std::size_t joined = 0;
    for (int round = 0; round < 400; ++round) {
        INFO("seed " << seed << ", round " << round);
        test::Traffic traffic(random);
        std::vector<Bytes> packets;
        const std::size_t count = 1 + random.below(kBurst);
        while (packets.size() < count) {
            Bytes packet = traffic.next();
            if (random.below(30) != 0) packets.push_back(std::move(packet));
        }
        const auto trains = there_and_back(packets);
        joined += packets.size() - trains.size();
        REQUIRE(test::by_flow(flat(trains)) == test::by_flow(packets));
    }
    CHECK(joined > 5000);
}

}  // namespace
}  // namespace esplane::dataplane
