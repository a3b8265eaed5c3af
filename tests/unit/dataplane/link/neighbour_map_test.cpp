#include "dataplane/link/neighbour_map.h"

#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "crypto/random.h"
#include "tests/unit/dataplane/link/frames.h"
#include "tests/unit/dataplane/support/allocations.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using test::after;

constexpr PortNumber kPort{3};

TEST_CASE("a neighbour is found by port, family and address") {
    NeighbourMap map(8, 7);
    const IpAddress v4 = test::address("10.1.2.3");
    const IpAddress v6 = test::address("a01:203::");  // the same first octets
    map.insert(0, kPort, v4, NeighbourState::kIncomplete, after({}));
    map.insert(1, kPort, v6, NeighbourState::kIncomplete, after({}));
    map.set(0, NeighbourState::kResolved, test::kPeerMac, after(milliseconds(5)));
    const auto found = map.find(kPort, v4);
    REQUIRE(found);
    CHECK(found->place == 0);
    CHECK(found->state == NeighbourState::kResolved);
    CHECK(found->mac == test::kPeerMac);
    CHECK(found->due == after(milliseconds(5)));
    CHECK(map.find(kPort, v6)->place == 1);
    CHECK(map.find(kPort, v6)->state == NeighbourState::kIncomplete);
    CHECK_FALSE(map.find(PortNumber{4}, v4));
    CHECK(map.port(0) == kPort);
    CHECK(map.address(0) == v4);
    CHECK(map.address(1) == v6);
    map.erase(0);
    CHECK_FALSE(map.find(kPort, v4));
    CHECK(map.find(kPort, v6));
}

TEST_CASE("a mark of use is taken once") {
    NeighbourMap map(0, 0);  // which is one
    CHECK(map.places() == 1);
    map.insert(0, kPort, test::kV4, NeighbourState::kIncomplete, after({}));
    CHECK_FALSE(map.take_used(0));
    map.mark_used(0);
    map.mark_used(0);
    CHECK(map.take_used(0));
    CHECK_FALSE(map.take_used(0));
}

TEST_CASE("random neighbours come and go, against a std::map, without an allocation") {
    constexpr std::uint64_t kSeed = 0x3e19;
    crypto::SeededRandom random(kSeed);
    constexpr std::uint32_t kPlaces = 32;
    NeighbourMap map(kPlaces, random.u64());
    std::map<std::pair<std::uint16_t, IpAddress>, std::pair<std::uint32_t, MacAddress>> model;
    std::vector<std::uint32_t> free(kPlaces);
    for (std::uint32_t i = 0; i < kPlaces; ++i)
        free[i] = i;
    for (int step = 0; step < 20'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        const PortNumber port{static_cast<std::uint16_t>(random.below(2))};
        const auto number = static_cast<std::uint8_t>(random.below(40));
        const IpAddress address = random.below(2) == 0 ? IpAddress::v4({10, 0, 0, number})
                                                       : IpAddress::v6(std::array<std::uint8_t, 16>{0x20, number});
        const auto expected = model.find({to_number(port), address});
        const std::size_t before = test::allocations();
        const auto found = map.find(port, address);
        REQUIRE(test::allocations() == before);
        REQUIRE(found.has_value() == (expected != model.end()));
        if (found) {
            CHECK(found->place == expected->second.first);
            CHECK(found->mac == expected->second.second);
            if (random.below(2) == 0) {
                map.erase(found->place);
                free.push_back(found->place);
                model.erase(expected);
            } else {
                expected->second.second = MacAddress{{2, 0, 0, 0, 0, number}};
                map.set(found->place, NeighbourState::kResolved, expected->second.second, {});
            }
        } else if (!free.empty()) {
            map.insert(free.back(), port, address, NeighbourState::kIncomplete, {});
            model[{to_number(port), address}] = {free.back(), MacAddress{}};
            free.pop_back();
        }
    }
}

/// The MAC address that the writer gives to an address: what a reader finds must fit what it looked for.
MacAddress mac_of(std::uint32_t number, std::uint8_t round) {
    MacAddress mac{{2, 0, 0, round, 0, 0}};
    store_be(mac.octets.data() + 4, static_cast<std::uint16_t>(number));
    return mac;
}

TEST_CASE("readers meet a writer: never another's MAC address, and always what stays") {
    constexpr std::uint64_t kSeed = 0x5e9;
    constexpr std::uint32_t kAddresses = 64;
    constexpr std::uint32_t kPlaces = 8;
    NeighbourMap map(kPlaces, 1);
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> wrong{0};
    const auto read = [&](std::uint64_t seed) {
        crypto::SeededRandom random(seed);
        while (!stop.load(std::memory_order_relaxed)) {
            const auto number = static_cast<std::uint32_t>(random.below(kAddresses));
            const auto found = map.find(kPort, IpAddress::v4(number));
            if (!found || found->state != NeighbourState::kResolved) continue;
            map.mark_used(found->place);
            if (load_be<std::uint16_t>(found->mac.octets.data() + 4) != number) ++wrong;
        }
    };
    std::thread first(read, kSeed);
    std::thread second(read, kSeed + 1);
    crypto::SeededRandom random(kSeed + 2);
    for (int step = 0; step < 30'000; ++step) {
        const auto place = static_cast<std::uint32_t>(random.below(kPlaces));
        if (map.at(place).state != NeighbourState::kFree) map.erase(place);
        const auto number = static_cast<std::uint32_t>(random.below(kAddresses));
        if (map.find(kPort, IpAddress::v4(number))) continue;
        map.insert(place, kPort, IpAddress::v4(number), NeighbourState::kIncomplete, {});
        for (std::uint8_t round = 0; round < 3; ++round)
            map.set(place, NeighbourState::kResolved, mac_of(number, round), {});
    }
    stop = true;
    first.join();
    second.join();
    CHECK(wrong == 0);
}

/// An IPv6 address of two halves.
IpAddress halves(std::uint64_t high, std::uint64_t low) {
    std::array<std::uint8_t, 16> octets;
    store_be(octets.data(), high);
    store_be(octets.data() + 8, low);
    return IpAddress::v6(octets);
}

TEST_CASE("readers meet a writer: an address is found whole, not half of one and half of another") {
    NeighbourMap map(1, 1);
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> wrong{0};
    const auto read = [&](const IpAddress& never) {
        while (!stop.load(std::memory_order_relaxed)) {
            if (map.find(kPort, never)) ++wrong;
        }
    };
    std::thread first(read, halves(1, 2));
    std::thread second(read, halves(2, 1));
    for (int step = 0; step < 200'000; ++step) {
        map.insert(0, kPort, step % 2 == 0 ? halves(1, 1) : halves(2, 2), NeighbourState::kResolved, {});
        map.erase(0);
    }
    stop = true;
    first.join();
    second.join();
    CHECK(wrong == 0);
}

}  // namespace
}  // namespace esplane::dataplane
