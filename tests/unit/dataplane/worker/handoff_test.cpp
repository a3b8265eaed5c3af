#include "dataplane/worker/handoff.h"

#include <poll.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <deque>
#include <thread>

#include "crypto/random.h"
#include "dataplane/pipeline/outbound.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

/// A packet that says by each of its octets and by all that is beside it which one it is.
struct Packet {
    Packet(std::uint64_t number, std::size_t length) : octets(length) {
        for (std::size_t i = 0; i < length; ++i)
            octets[i] = static_cast<std::uint8_t>(number * 31 + i);
        described = {.octets = octets,
                     .port = ClearPort{static_cast<std::uint16_t>(number)},
                     .outer = {.local = {test::address("192.0.2.1"), static_cast<std::uint16_t>(number * 7)},
                               .remote = {test::address("2001:db8::1"), 4500}},
                     .encapsulation = number % 2 == 0 ? Encapsulation::kUdp : Encapsulation::kNone,
                     .traffic_class = static_cast<std::uint8_t>(number * 3)};
    }
    Bytes octets;
    Received described;
};

bool same(const Received& a, const Received& b) {
    return std::equal(a.octets.begin(), a.octets.end(), b.octets.begin(), b.octets.end()) && a.port == b.port &&
           a.outer == b.outer && a.encapsulation == b.encapsulation && a.traffic_class == b.traffic_class;
}

TEST_CASE("what is pushed is there after publish, whole and with room behind it") {
    HandoffRing ring;
    std::array<Received, kBurst> out;
    CHECK(ring.take(out) == 0);
    CHECK_FALSE(ring.publish());
    const Packet packet(5, 1400);
    REQUIRE(ring.push(packet.described));
    CHECK(ring.take(out) == 0);
    CHECK(ring.publish());
    CHECK_FALSE(ring.publish());
    REQUIRE(ring.take(out) == 1);
    CHECK(same(out[0], packet.described));
    CHECK(out[0].octets.data() != packet.octets.data());
    std::memset(out[0].octets.data(), 0, out[0].octets.size() + kTailroom);
    CHECK(ring.take(out) == 0);
    ring.release();
}

TEST_CASE("a handoff ring is bounded, and has all of its room again once it is released") {
    constexpr std::size_t kCapacity = 128 * 1024;
    HandoffRing ring(kCapacity);
    const Packet packet(1, 1000);
    std::array<Received, kBurst> out;
    std::size_t before = 0;
    for (int round = 0; round < 10; ++round) {
        std::size_t pushed = 0;
        while (ring.push(packet.described))
            ++pushed;
        CHECK(pushed * packet.octets.size() < kCapacity);
        CHECK(pushed * packet.octets.size() > kCapacity / 2);
        REQUIRE(ring.publish());
        std::size_t taken = 0;
        while (const std::size_t count = ring.take(out)) {
            taken += count;
            CHECK_FALSE(ring.push(packet.described));
        }
        CHECK(taken == pushed);
        ring.release();
        if (round > 0) CHECK(pushed + 1 >= before);  // where the memory ends differs
        before = pushed;
    }
}

TEST_CASE("the longest packet fits wherever the ring stands") {
    HandoffRing ring(128 * 1024 + 128 * 1024);
    std::array<Received, kBurst> out;
    const Packet longest(2, HandoffRing::kLongest);
    for (std::uint64_t step = 0; step < 3000; ++step) {
        const Packet small(step, step % 97);
        REQUIRE(ring.push(small.described));
        if (step % 3 == 0) REQUIRE(ring.push(longest.described));
        REQUIRE(ring.publish());
        REQUIRE(ring.take(out) == (step % 3 == 0 ? 2U : 1U));
        REQUIRE(same(out[0], small.described));
        if (step % 3 == 0) REQUIRE(same(out[1], longest.described));
        ring.release();
    }
}

TEST_CASE("random packets through a handoff ring, against a deque") {
    crypto::SeededRandom random(0x4a9d);
    HandoffRing ring(256 * 1024);
    std::deque<Packet> pushed;
    std::deque<Packet> published;
    std::array<Received, kBurst> out;
    std::uint64_t full = 0;
    for (std::uint64_t step = 0; step < 60'000; ++step) {
        switch (random.below(8)) {
            default: {
                const bool rarely_long = random.below(50) == 0;
                Packet packet(step, random.below(rarely_long ? 65'537 : 1'600));
                if (ring.push(packet.described)) {
                    pushed.push_back(std::move(packet));
                } else {
                    // Only for want of room.
                    ++full;
                    REQUIRE_FALSE((pushed.empty() && published.empty()));
                }
                break;
            }
            case 0:
                REQUIRE(ring.publish() == !pushed.empty());
                std::move(pushed.begin(), pushed.end(), std::back_inserter(published));
                pushed.clear();
                break;
            case 1: {
                const std::size_t most = 1 + random.below(8);
                const std::size_t count = ring.take(std::span(out).first(most));
                REQUIRE(count == std::min(most, published.size()));
                for (std::size_t i = 0; i < count; ++i, published.pop_front())
                    REQUIRE(same(out[i], published.front().described));
                ring.release();
            }
        }
    }
    CHECK(full > 0);
}

TEST_CASE("two threads: every packet that found room arrives once, whole and in order") {
    constexpr std::uint64_t kCount = 100'000;
    HandoffRing ring(256 * 1024);
    std::thread producer([&ring] {
        crypto::SeededRandom random(1);
        for (std::uint64_t i = 0; i < kCount;) {
            for (std::uint64_t burst = 1 + random.below(kBurst); burst > 0 && i < kCount; --burst, ++i) {
                const Packet packet(i, i % 1500);
                while (!ring.push(packet.described)) {
                    ring.publish();
                    std::this_thread::yield();
                }
            }
            ring.publish();
        }
    });
    std::array<Received, kBurst> out;
    bool right = true;
    for (std::uint64_t next = 0; next < kCount;) {
        const std::size_t count = ring.take(out);
        for (std::size_t i = 0; i < count; ++i, ++next) {
            right = right && same(out[i], Packet(next, next % 1500).described);
            std::memset(out[i].octets.data(), 0xee, out[i].octets.size() + kTailroom);
        }
        ring.release();
        if (count == 0) std::this_thread::yield();
    }
    producer.join();
    CHECK(right);
}

bool rings(const Bell& bell) {
    pollfd poll_on{bell.descriptor(), POLLIN, 0};
    return poll(&poll_on, 1, 0) == 1;
}

TEST_CASE("each worker's packets reach the one that they are sent to, and wake nobody else") {
    const Bell bells[3];
    const HandoffMesh mesh({&bells[0], &bells[1], &bells[2]});
    Handoff first = mesh.ends_of(WorkerId{0});
    Handoff third = mesh.ends_of(WorkerId{2});
    CHECK_FALSE(first.is_alone());
    CHECK_FALSE(first.is_elsewhere(WorkerId{0}));
    CHECK(first.is_elsewhere(WorkerId{2}));
    CHECK_FALSE(first.is_elsewhere(WorkerId{3}));
    const Packet packet(4, 100);
    REQUIRE(first.send_outbound(WorkerId{2}, packet.described));
    REQUIRE(first.send_inbound(WorkerId{2}, packet.described));
    first.deliver();
    CHECK((!rings(bells[0]) && !rings(bells[1]) && rings(bells[2])));
    std::array<Received, kBurst> out;
    std::size_t outbound = 0;
    std::size_t inbound = 0;
    third.for_each_arriving([&](HandoffLane& lane) {
        outbound += lane.outbound.take(out);
        inbound += lane.inbound.take(out);
    });
    CHECK((outbound == 1 && inbound == 1));
    bells[2].silence();
    first.deliver();
    CHECK_FALSE(rings(bells[2]));
}

TEST_CASE("the only worker has nobody to hand to") {
    const Bell bell;
    const Handoff alone = HandoffMesh({&bell}).ends_of(WorkerId{0});
    CHECK(alone.is_alone());
    CHECK_FALSE(alone.is_elsewhere(WorkerId{0}));
    CHECK_FALSE(alone.is_elsewhere(WorkerId{1}));
}

}  // namespace
}  // namespace esplane::dataplane
