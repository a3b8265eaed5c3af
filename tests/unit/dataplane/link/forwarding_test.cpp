#include "dataplane/link/forwarding.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane {
namespace {

Bytes ipv4(std::uint8_t hops) {
    Bytes packet{0x45, 0, 0, 20, 1, 2, 0, 0, hops, 17, 0, 0, 10, 1, 0, 2, 10, 2, 0, 2};
    store_be(&packet[10], checksum_finish(checksum_add(0, packet)));
    return packet;
}

}  // namespace

TEST_CASE("A hop is counted, and the checksum stays right") {
    for (int hops = 2; hops < 256; ++hops) {
        Bytes packet = ipv4(static_cast<std::uint8_t>(hops));
        REQUIRE(count_hop(packet));
        CHECK(packet == ipv4(static_cast<std::uint8_t>(hops - 1)));
    }
    Bytes packet(40);
    packet[0] = 0x60;
    packet[7] = 64;
    REQUIRE(count_hop(packet));
    CHECK(packet[7] == 63);
}

TEST_CASE("A packet at its last hop goes no further, and is as it was") {
    for (const std::uint8_t hops : {std::uint8_t{0}, std::uint8_t{1}}) {
        Bytes packet = ipv4(hops);
        CHECK_FALSE(count_hop(packet));
        CHECK(packet == ipv4(hops));
        Bytes ipv6(40);
        ipv6[0] = 0x60;
        ipv6[7] = hops;
        CHECK_FALSE(count_hop(ipv6));
        CHECK(ipv6[7] == hops);
    }
}

}  // namespace esplane::dataplane
