// Transport mode (RFC 4303 3.1.1) through both pipelines: the payload travels, the header is made again.
#include <catch2/catch.hpp>

#include "dataplane/packet/traffic_class.h"
#include "tests/unit/dataplane/packet/fragments.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::Drops;
using test::InboundRig;
using test::OutboundRig;

struct Ends {
    ChildOptions ours;
    TunnelPolicy here;
    TunnelPolicy there;
};

/// The selectors are the gateways themselves.
Ends ends_of(const char* here, const char* there) {
    const auto host = [](const IpAddress& at) { return TrafficSelector{.first = at, .last = at}; };
    Ends ends{test::child_options(), test::tunnel_policy(), test::tunnel_policy()};
    const SelectorPair selectors{{host(address(here))}, {host(address(there))}};
    ends.ours.mode = Mode::kTransport;
    ends.ours.encapsulation = Encapsulation::kNone;
    ends.ours.selectors = selectors;
    ends.ours.outer = {{address(here), 0}, {address(there), 0}};
    ends.here.policies = {selectors};
    ends.there.policies = {{selectors.remote, selectors.local}};
    return ends;
}

TEST_CASE("what goes in at one gateway comes out at the other, with its own DSCP and ECN") {
    for (const bool v6 : {false, true}) {
        const char* here = v6 ? "2001:db8::1" : "192.0.2.1";
        const char* there = v6 ? "2001:db8::2" : "192.0.2.2";
        const Ends ends = ends_of(here, there);
        OutboundRig rig(test::copy_of(ends.ours), ends.here);
        InboundRig peer(test::mirrored(ends.ours), ends.there);
        for (std::size_t length = 0; length < 200; ++length) {
            Bytes packet = test::ip(address(here), address(there), 17, test::udp(7, 9, test::filler(length)));
            set_traffic_class(packet, 0xb9);
            const auto sealed = rig.run({packet});
            REQUIRE(sealed.size() == 1);
            CHECK(rig.sealed[0].traffic_class == 0xb9);
            // SPI, sequence number, IV and ICV, trailer: the IP header is not inside.
            const std::size_t text = (packet.size() - (v6 ? 40 : 20) + 2 + 3) / 4 * 4;
            CHECK(sealed[0].size() == 32 + text);
            peer.traffic_class = 0xbb;  // marked on its way
            const auto delivered = peer.run(sealed, Encapsulation::kNone);
            REQUIRE(delivered.size() == 1);
            const auto inner = parse_inner(delivered[0]);
            REQUIRE(inner);
            CHECK(inner->source == address(here));
            CHECK(inner->destination == address(there));
            CHECK(inner->destination_port == 9);
            CHECK(traffic_class(delivered[0]) == 0xbb);
            const std::size_t header = v6 ? 40 : 20;
            CHECK(std::equal(packet.begin() + static_cast<std::ptrdiff_t>(header), packet.end(),
                             delivered[0].begin() + static_cast<std::ptrdiff_t>(header), delivered[0].end()));
            if (!v6) CHECK(test::ipv4_header_checksum_is_right(delivered[0]));
        }
        CHECK(test::drops_of(peer.worker_drops).empty());
    }
}

TEST_CASE("fragments, and what stands behind IP options, cannot go") {
    const Ends ends = ends_of("192.0.2.1", "192.0.2.2");
    OutboundRig rig(test::copy_of(ends.ours), ends.here);
    const IpAddress from = address("192.0.2.1");
    const IpAddress to = address("192.0.2.2");
    const Bytes datagram = test::udp(7, 9, test::filler(40));
    CHECK(rig.run({test::ipv4(from, to, 17, datagram, 0x2000), test::ipv4(from, to, 17, datagram, 5),
                   test::ipv4(from, to, 17, datagram, 0, Bytes{1, 1, 1, 1})})
              .empty());
    CHECK(test::drops_of(rig.child.drops) == Drops{{"not_transport", 3}});
}

TEST_CASE("from another host than the SA's peer, nothing is taken") {
    const Ends ends = ends_of("192.0.2.1", "192.0.2.2");
    OutboundRig rig(test::copy_of(ends.ours), ends.here);
    ChildOptions theirs = test::mirrored(ends.ours);
    theirs.outer.remote.address = address("192.0.2.77");  // as if the datagram had come from there
    InboundRig peer(std::move(theirs), ends.there);
    const Bytes packet = test::ip(address("192.0.2.1"), address("192.0.2.2"), 17, test::udp(7, 9, {}));
    CHECK(peer.run(rig.run({packet}), Encapsulation::kNone).empty());
    CHECK(test::drops_of(peer.child.drops) == Drops{{"outside_selectors", 1}});
}

TEST_CASE("a payload that is no packet behind its header is malformed") {
    const Ends ends = ends_of("2001:db8::1", "2001:db8::2");
    OutboundRig rig(test::copy_of(ends.ours), ends.here);
    InboundRig peer(test::mirrored(ends.ours), ends.there);
    // A hop-by-hop header that claims more than there is.
    ChildOptions options = test::copy_of(ends.ours);
    const Bytes text = test::with_trailer(Bytes{17, 200, 0, 0, 0, 0, 0, 0}, 0);
    const Bytes sealed =
        test::seal_with_openssl(options.key_out, {.spi = options.spi_out, .sequence = 1, .iv = 1}, text);
    CHECK(peer.run({sealed}, Encapsulation::kNone).empty());
    CHECK(test::drops_of(peer.child.drops) == Drops{{"malformed_inner", 1}});
}

}  // namespace
}  // namespace esplane::dataplane
