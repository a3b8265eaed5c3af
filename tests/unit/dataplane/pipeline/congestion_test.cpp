#include <catch2/catch.hpp>

#include "dataplane/packet/ecn.h"
#include "tests/unit/dataplane/packet/fragments.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::Drops;

constexpr std::uint8_t kDscp = 0x28;

struct Pair {
    std::uint8_t inner, outer;
    int after;  // -1: dropped
};

// RFC 6040 4.2, figure 4, as the codepoints on the wire: Not-ECT 0, ECT(1) 1, ECT(0) 2, CE 3.
constexpr Pair kPairs[] = {{0, 0, 0}, {0, 2, 0}, {0, 1, 0}, {0, 3, -1}, {2, 0, 2}, {2, 2, 2}, {2, 1, 1}, {2, 3, 3},
                           {1, 0, 1}, {1, 2, 1}, {1, 1, 1}, {1, 3, 3},  {3, 0, 3}, {3, 2, 3}, {3, 1, 3}, {3, 3, 3}};

TEST_CASE("all 16 pairs of marks come out as RFC 6040 says, through the pipeline, in both families") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        for (const Pair& pair : kPairs) {
            INFO("inner " << int(pair.inner) << ", outer " << int(pair.outer));
            const ChildOptions options = test::child_options();
            test::OutboundRig peer(test::copy_of(options));
            test::InboundRig rig(test::mirrored(options));
            Bytes packet = test::outgoing_packet(60, family);
            set_traffic_class(packet, static_cast<std::uint8_t>(kDscp | pair.inner));
            const auto sealed = peer.run({packet});
            REQUIRE(sealed.size() == 1);
            // RFC 6040 4.1: the mark goes out as it is.
            CHECK(peer.sealed[0].traffic_class == (kDscp | pair.inner));
            rig.traffic_class = static_cast<std::uint8_t>(0xe0 | pair.outer);
            const auto delivered = rig.run(sealed);
            if (pair.after < 0) {
                CHECK(delivered.empty());
                CHECK(test::drops_of(rig.tunnel.drops) == Drops{{"congestion", 1}});
                CHECK(test::drops_of(rig.child.drops) == Drops{{"congestion", 1}});
                continue;
            }
            REQUIRE(delivered.size() == 1);
            CHECK(traffic_class(delivered[0]) == (kDscp | pair.after));
            if (family == Family::kIpv4) CHECK(test::ipv4_header_checksum_is_right(delivered[0]));
            set_traffic_class(packet, static_cast<std::uint8_t>(kDscp | pair.after));
            CHECK(delivered[0] == packet);
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
