#include "ike/runtime/traffic.h"

#include <catch2/catch.hpp>

#include "tests/unit/ike/runtime/fake_dataplane.h"

namespace esplane::ike {
namespace {

using dataplane::ChildId;
using dataplane::TunnelId;

constexpr TunnelId kTunnel{1}, kOther{2};

TEST_CASE("a tunnel's totals outlive its CHILD_SAs and never go down") {
    FakeDataplane dataplane;
    Traffic traffic(dataplane);
    traffic.installed(ChildId{1}, kTunnel);
    traffic.installed(ChildId{9}, kOther);
    dataplane.counted[ChildId{1}] = {.packets_in = 10, .bytes_in = 100, .packets_out = 20, .bytes_out = 200};
    dataplane.counted[ChildId{9}] = {.packets_in = 5};
    CHECK(traffic.packets_in(ChildId{1}) == 10);
    CHECK(traffic.packets_out(ChildId{1}) == 20);
    CHECK(traffic.totals(kTunnel).bytes_in == 100);

    traffic.installed(ChildId{2}, kTunnel);  // a rekey
    dataplane.counted[ChildId{2}] = {.packets_in = 1, .bytes_in = 10, .packets_out = 2, .bytes_out = 20};
    traffic.retiring(ChildId{1});
    dataplane.counted.erase(ChildId{1});
    const auto totals = traffic.totals(kTunnel);
    CHECK(totals.packets_in == 11);
    CHECK(totals.bytes_in == 110);
    CHECK(totals.packets_out == 22);
    CHECK(totals.bytes_out == 220);
    CHECK(traffic.totals(kOther).packets_in == 5);
}

TEST_CASE("what passes through a peer's instance counts as the configured tunnel's, also when the peer has gone") {
    FakeDataplane dataplane;
    Traffic traffic(dataplane);
    constexpr TunnelId kPeer{1U << 31U};
    traffic.add_instance(kPeer, kTunnel);
    traffic.installed(ChildId{1}, kPeer);
    dataplane.counted[ChildId{1}] = {.packets_in = 10, .bytes_in = 100};
    CHECK(traffic.totals(kTunnel).packets_in == 10);
    CHECK(traffic.totals(kPeer).packets_in == 0);
    traffic.retiring(ChildId{1});
    traffic.remove_instance(kPeer);
    dataplane.counted.erase(ChildId{1});
    CHECK(traffic.totals(kTunnel).bytes_in == 100);
}

TEST_CASE("what is not known counts nothing") {
    FakeDataplane dataplane;
    Traffic traffic(dataplane);
    CHECK(traffic.packets_in(ChildId{1}) == 0);
    CHECK(traffic.totals(kTunnel).packets_in == 0);
    traffic.retiring(ChildId{1});
    traffic.forget(kTunnel);
    // A tunnel may be forgotten before its CHILD_SAs are.
    traffic.installed(ChildId{1}, kTunnel);
    dataplane.counted[ChildId{1}] = {.packets_in = 7};
    traffic.forget(kTunnel);
    traffic.retiring(ChildId{1});
    CHECK(traffic.totals(kTunnel).packets_in == 0);
}

TEST_CASE("a CHILD_SA is counted once, even if it is said to retire twice") {
    FakeDataplane dataplane;
    Traffic traffic(dataplane);
    traffic.installed(ChildId{1}, kTunnel);
    dataplane.counted[ChildId{1}] = {.packets_in = 7};
    traffic.retiring(ChildId{1});
    traffic.retiring(ChildId{1});
    CHECK(traffic.totals(kTunnel).packets_in == 7);
}

}  // namespace
}  // namespace esplane::ike
