#include "dataplane/link/outer_reassembly.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using test::after;
using test::filler;

constexpr PortNumber kPort{0};

struct Rig {
    /// How many octets the whole packet has, 0 when there is none.
    std::size_t add(Bytes fragment, TimePoint now = after({}), PortNumber port = kPort) {
        return reassembly.add(fragment, port, now).size();
    }
    std::uint64_t dropped(DropReason reason) const { return drops.read(reason); }
    std::uint64_t dropped() const {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < kDropReasonCount; ++i)
            all += drops.read(static_cast<DropReason>(i));
        return all;
    }

    DropCounters drops;
    OuterReassembly reassembly{1, drops};
};

Bytes first(std::uint32_t identification = 1, std::uint8_t protocol = 50) {
    return test::ipv4_fragment({.more = true, .identification = identification, .protocol = protocol}, filler(24));
}
Bytes second(std::uint32_t identification = 1, std::uint8_t protocol = 50) {
    return test::ipv4_fragment({.offset = 24, .identification = identification, .protocol = protocol}, filler(30));
}

TEST_CASE("a packet is whole when its last fragment is there, and nothing is dropped") {
    Rig rig;
    CHECK(rig.add(second()) == 0);
    CHECK(rig.add(first()) == 20 + 54);
    rig.reassembly.expire(after(std::chrono::hours(1)));
    CHECK(rig.dropped() == 0);
}

TEST_CASE("fragments that came by different ports are not joined") {
    Rig rig;
    CHECK(rig.add(first(), after({}), PortNumber{0}) == 0);
    CHECK(rig.add(second(), after({}), PortNumber{1}) == 0);
    CHECK(rig.add(second(), after({}), PortNumber{0}) == 20 + 54);
}

TEST_CASE("a fragment that is dropped is counted once, under the reason that operators know") {
    Rig rig;
    auto dropped_now = [&, before = std::uint64_t{0}](DropReason reason) mutable {
        const std::uint64_t all = rig.dropped();
        CHECK(rig.dropped(reason) > 0);
        return all - std::exchange(before, all);
    };
    rig.add(test::ipv4_fragment({.more = true}, filler(23)));  // no multiple of eight
    CHECK(dropped_now(DropReason::kBadFragment) == 1);
    rig.add(test::ipv4_fragment({.offset = 65528}, filler(16)));  // beyond the longest packet
    CHECK(dropped_now(DropReason::kBadFragment) == 1);
    rig.add(test::ipv4_fragment({.more = true, .protocol = 6}, filler(8)));  // half a TCP header
    CHECK(dropped_now(DropReason::kBadFragment) == 1);
    rig.add(first());
    rig.add(first());
    CHECK(dropped_now(DropReason::kDuplicateFragment) == 1);
    rig.add(test::ipv4_fragment({.offset = 16, .more = true, .protocol = 50}, filler(16)));
    CHECK(dropped_now(DropReason::kOverlappingFragment) == 2);  // and the one that it overlaps
    Bytes marked = first(2);
    marked[1] = 3;
    rig.add(marked);
    rig.add(second(2));
    CHECK(dropped_now(DropReason::kCongestion) == 2);
}

TEST_CASE("a packet waits two seconds, and its end is counted without another fragment") {
    Rig rig;
    rig.add(first(1), after(milliseconds(0)));
    rig.add(first(2), after(milliseconds(500)));
    rig.reassembly.expire(after(milliseconds(1999)));
    CHECK(rig.dropped() == 0);
    rig.reassembly.expire(after(milliseconds(2000)));
    CHECK(rig.dropped(DropReason::kFragmentTimeout) == 1);
    CHECK(rig.add(second(1), after(milliseconds(2000))) == 0);
    CHECK(rig.add(second(2), after(milliseconds(2499))) == 20 + 54);
}

TEST_CASE("one source fills its share, and others have theirs") {
    Rig rig;
    const IpAddress other = test::address("10.7.7.7");
    rig.add(test::ipv4_fragment({.more = true, .protocol = 50}, filler(24), other));
    for (std::uint32_t i = 0; i < 5000; ++i)
        rig.add(first(i));
    CHECK(rig.dropped(DropReason::kFragmentsFull) == 5000 - 256);
    CHECK(rig.add(test::ipv4_fragment({.offset = 24, .protocol = 50}, filler(30), other)) == 20 + 54);
}

}  // namespace
}  // namespace esplane::dataplane
