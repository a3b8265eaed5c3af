#include "dataplane/packet/fragment_ports.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/packet/fragments.h"
#include "tests/unit/dataplane/support/allocations.h"

namespace esplane::dataplane {
namespace {

using std::chrono::seconds;
using test::after;
using test::filler;
using test::fragment;

constexpr std::uint32_t kScope = 3;

/// What the table makes of a packet on its way to the check; empty when it knows nothing.
std::optional<InnerPacket> complete(FragmentPorts& ports, ByteView octets, TimePoint now = after({}),
                                    std::uint32_t scope = kScope) {
    auto packet = parse_inner(octets);
    REQUIRE(packet);
    if (!ports.complete(*packet, octets, scope, now)) return std::nullopt;
    return packet;
}

void remember(FragmentPorts& ports, ByteView octets, TimePoint now = after({}), std::uint32_t scope = kScope) {
    const auto packet = parse_inner(octets);
    REQUIRE(packet);
    ports.remember(*packet, octets, scope, now);
}

Bytes first_of(Family family, std::uint32_t id, std::uint16_t port = 53) {
    return fragment(family, {.more = true, .identification = id, .protocol = 17}, test::udp(1111, port, filler(16)));
}

Bytes later_of(Family family, std::uint32_t id) {
    return fragment(family, {.offset = 24, .identification = id, .protocol = 17}, filler(16));
}

TEST_CASE("a fragment that begins within the first one has no ports: it would overwrite what was checked") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        FragmentPorts ports({});
        remember(ports, first_of(family, 1));  // 24 octets
        for (const std::uint32_t offset : {8U, 16U}) {
            CHECK_FALSE(
                complete(ports, fragment(family, {.offset = offset, .identification = 1, .protocol = 17}, filler(40))));
        }
        CHECK(complete(ports, later_of(family, 1)));
    }
}

TEST_CASE("a later fragment has the ports of its first one") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        INFO("IPv" << static_cast<int>(family));
        FragmentPorts ports({});
        CHECK_FALSE(complete(ports, later_of(family, 1)));
        CHECK(complete(ports, first_of(family, 1)));
        // Only what has passed its check is remembered.
        CHECK_FALSE(complete(ports, later_of(family, 1)));
        remember(ports, first_of(family, 1));
        const auto later = complete(ports, later_of(family, 1));
        REQUIRE(later);
        CHECK(later->has_ports);
        CHECK(later->source_port == 1111);
        CHECK(later->destination_port == 53);
        CHECK(later->protocol == 17);
        CHECK_FALSE(later->is_whole);
        CHECK_FALSE(complete(ports, later_of(family, 2)));
        CHECK_FALSE(complete(ports, later_of(family, 1), after({}), kScope + 1));
    }
}

TEST_CASE("packets that are whole, and fragments that are not the first, leave no trace") {
    FragmentPorts ports({});
    const Bytes whole = test::ipv4(test::kV4, test::kV4Peer, 17, test::udp(1, 2, filler(8)));
    remember(ports, whole);
    remember(ports, later_of(Family::kIpv4, 1));
    remember(ports, fragment(Family::kIpv6, {.protocol = 17}, test::udp(1, 2, filler(8))));
    CHECK(ports.size() == 0);
    CHECK(complete(ports, whole)->destination_port == 2);
    CHECK(complete(ports, fragment(Family::kIpv6, {.protocol = 17}, test::udp(1, 2, filler(8))))->has_ports);
}

TEST_CASE("a protocol without ports is known to have none") {
    FragmentPorts ports({});
    remember(ports, test::ipv4_fragment({.more = true}, filler(16)));
    const auto later = complete(ports, test::ipv4_fragment({.offset = 16}, filler(16)));
    REQUIRE(later);
    CHECK_FALSE(later->has_ports);
    CHECK(later->protocol == test::kGre);
}

TEST_CASE("the protocol behind IPv6 destination options is the first fragment's to tell") {
    FragmentPorts ports({});
    Bytes options(8);
    options[0] = 17;
    append(options, test::udp(7, 9, filler(8)));
    remember(ports, test::ipv6_fragment({.more = true, .protocol = 60}, options));
    const auto later = complete(ports, test::ipv6_fragment({.offset = 24, .protocol = 60}, filler(16)));
    REQUIRE(later);
    CHECK(later->protocol == 17);
    CHECK(later->destination_port == 9);
}

TEST_CASE("an identification in use again belongs to the new datagram") {
    FragmentPorts ports({});
    remember(ports, first_of(Family::kIpv4, 1, 53));
    remember(ports, first_of(Family::kIpv4, 1, 80), after(seconds(20)));
    CHECK(complete(ports, later_of(Family::kIpv4, 1), after(seconds(40)))->destination_port == 80);
    CHECK(ports.size() == 1);
}

TEST_CASE("ports are forgotten in time, and the oldest for want of room") {
    FragmentPorts ports({.datagrams = 8, .per_source = 4, .timeout = seconds(30)});
    remember(ports, first_of(Family::kIpv4, 0));
    CHECK(complete(ports, later_of(Family::kIpv4, 0), after(seconds(29))));
    CHECK_FALSE(complete(ports, later_of(Family::kIpv4, 0), after(seconds(30))));
    for (std::uint32_t id = 0; id < 6; ++id)
        remember(ports, first_of(Family::kIpv4, id));
    CHECK(ports.size() == 4);
    for (std::uint32_t id = 0; id < 6; ++id)
        CHECK(complete(ports, later_of(Family::kIpv4, id)).has_value() == (id >= 2));
}

TEST_CASE("remembering ports allocates nothing") {
    FragmentPorts ports({.datagrams = 16, .per_source = 8});
    std::vector<Bytes> packets;
    for (std::uint32_t id = 0; id < 50; ++id)
        packets.push_back(first_of(id % 2 == 0 ? Family::kIpv4 : Family::kIpv6, id));
    std::size_t allocated = 0;
    for (const Bytes& octets : packets) {
        auto packet = parse_inner(octets);
        const std::size_t before = test::allocations();
        ports.complete(*packet, octets, kScope, after({}));
        ports.remember(*packet, octets, kScope, after({}));
        allocated += test::allocations() - before;
    }
    CHECK(allocated == 0);
}

}  // namespace
}  // namespace esplane::dataplane
