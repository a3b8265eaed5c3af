#include "dataplane/pipeline/classify.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::Drops;
using test::InboundRig;

TEST_CASE("what arrives on UDP 4500 (RFC 3948 2)") {
    struct Case {
        const char* what;
        Bytes datagram;
        Drops drops;
    };
    const Case cases[] = {
        {"nothing", {}, {{"runt", 1}}},
        {"a keepalive", {0xff}, {{"keepalive", 1}}},
        {"one octet that is no keepalive", {0xfe}, {{"runt", 1}}},
        {"one octet of the marker", {0}, {{"runt", 1}}},
        {"two octets of 0xff", {0xff, 0xff}, {{"runt", 1}}},
        {"three octets", {0, 0, 0}, {{"runt", 1}}},
        {"a SPI alone", {0, 0, 1, 0}, {{"runt", 1}}},
        {"one octet short of the shortest ESP", test::filler(25), {{"runt", 1}}},
        {"an unknown SPI", test::filler(26), {{"unknown_spi", 1}}},
        {"a reserved SPI",
         {0, 0, 0, 255, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
         {{"unknown_spi", 1}}},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        InboundRig rig(test::child_options());
        CHECK(rig.run({c.datagram}).empty());
        CHECK(test::drops_of(rig.worker_drops) == c.drops);
        CHECK(rig.punted.empty());
        CHECK(rig.accepted.empty());
    }
}

TEST_CASE("IKE goes to the control thread without the marker, whatever its length, and is no drop") {
    InboundRig rig(test::child_options());
    for (const std::size_t length : {0, 1, 28, 1500}) {
        Bytes datagram(4);
        append(datagram, test::filler(length));
        CHECK(rig.run({datagram}).empty());
        CHECK(rig.punted.back() == test::filler(length));
    }
    CHECK(test::drops_of(rig.worker_drops).empty());
}

TEST_CASE("IKE that the control thread has no room for is counted") {
    InboundRig rig(test::child_options());
    rig.punt_has_room = false;
    CHECK(rig.run({Bytes(40), Bytes(50)}).empty());
    CHECK(test::drops_of(rig.worker_drops) == Drops{{"control_ring_full", 2}});
}

TEST_CASE("raw ESP knows no marker and no keepalive") {
    InboundRig rig(test::child_options());
    CHECK(rig.run({Bytes(40), {0xff}}, Encapsulation::kNone).empty());
    CHECK(rig.punted.empty());
    CHECK(test::drops_of(rig.worker_drops) == Drops{{"unknown_spi", 1}, {"runt", 1}});
}

TEST_CASE("ESP of an unknown SPI may wait for its SA, and is then no drop") {
    InboundRig rig(test::child_options());
    rig.keeps_early = true;
    CHECK(rig.run({test::filler(40), test::filler(25)}).empty());
    CHECK(rig.early == 1);
    CHECK(test::drops_of(rig.worker_drops) == Drops{{"runt", 1}});
}

TEST_CASE("a mixed burst: each goes its own way") {
    const ChildOptions options = test::child_options();
    const ChildOptions peer = test::mirrored(options);
    const Bytes inner = test::incoming_packet(100);
    const Bytes esp = test::seal_with_openssl(peer.key_out, {.spi = peer.spi_out, .sequence = 1, .iv = 1},
                                              test::with_trailer(inner, 4));
    Bytes ike(4);
    append(ike, test::filler(30));
    InboundRig rig(test::copy_of(options));
    const auto delivered = rig.run({{0xff}, ike, esp, {1, 2}, test::filler(60), esp, ike});
    CHECK(delivered == std::vector<Bytes>{inner});
    CHECK(rig.punted.size() == 2);
    CHECK(test::drops_of(rig.worker_drops) == Drops{{"keepalive", 1}, {"runt", 1}, {"unknown_spi", 1}, {"replay", 1}});
}

}  // namespace
}  // namespace esplane::dataplane
