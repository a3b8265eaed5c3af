// What the outer IP header carries, out and in.
#include <catch2/catch.hpp>

#include "dataplane/packet/outer_header.h"
#include "tests/unit/dataplane/io/loopback.h"

namespace esplane::dataplane {
namespace {

using test::in_namespace;

TEST_CASE("DSCP and ECN go out with every packet and come in with it, trains or not; the hop limit is ours") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        UdpEspIo io(*sockets);
        test::Sniffer sniffer;
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            std::vector<Slot> slots;
            std::vector<std::uint8_t> sent;
            for (const int traffic_class : {0x00, 0x00, 0xb8, 0xb9, 0xb9, 0xb9, 0x03, 0xff, 0x02, 0x00}) {
                slots.push_back(way);
                slots.back().traffic_class = static_cast<std::uint8_t>(traffic_class);
                sent.push_back(slots.back().traffic_class);
            }
            CHECK(test::send(io, slots, 100) == 0);
            std::vector<std::uint8_t> got;
            for (const test::Arrived& one : test::receive(io)) {
                got.push_back(one.traffic_class);
                CHECK(one.octets.size() == 100);
            }
            CHECK(got == sent);
            const auto packets = sniffer.take();
            CHECK(packets.size() == (way.encapsulation == Encapsulation::kUdp ? 7 : 10));
            for (const Bytes& packet : packets)
                CHECK(packet[packet[0] >> 4 == 4 ? 8 : 7] == kOuterHopLimit);
        }
    });
}

}  // namespace
}  // namespace esplane::dataplane
