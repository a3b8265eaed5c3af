// Transport mode (RFC 7296 1.3.1): asked for, granted, declined, and never through a NAT.

#include <catch2/catch.hpp>

#include "tests/sim/sim.h"

namespace esplane::sim {

using Catch::Contains;
using dataplane::Mode;
using std::chrono::seconds;

namespace {

ike::TunnelOptions transport(ike::TunnelOptions options, const char* local, const char* remote) {
    options.mode = Mode::kTransport;
    options.children = {{"", {subnets({local}), subnets({remote})}}};
    return options;
}

ike::TunnelOptions left_transport() {
    return transport(left_tunnel(), "192.0.2.1/32", "192.0.2.2/32");
}

ike::TunnelOptions right_transport() {
    return transport(right_tunnel(), "192.0.2.2/32", "192.0.2.1/32");
}

Mode installed_mode(const Node& node) {
    const auto* out = const_cast<Node&>(node).dataplane().outbound(dataplane::TunnelId{1});
    REQUIRE(out != nullptr);
    return out->options.mode;
}

void check_mode(Pair& pair, Mode mode) {
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(installed_mode(*side) == mode);
        CHECK(current_children(*side)[0].mode == mode);
    }
}

std::size_t warnings(const Node& node) {
    return node.count("transport_declined") + node.count("transport_not_asked") + node.count("transport_encapsulated");
}

void rekey(Pair& pair, Node& side, bool of_ike) {
    const auto id = side.command(ike::Rekey{"t", of_ike});
    pair.world.run_for(seconds(8));
    REQUIRE(side.answer(id) != nullptr);
    CHECK(side.answer(id)->ok);
    CHECK(pair.up());
}

}  // namespace

TEST_CASE("transport mode is agreed on, and kept in rekeys from either side") {
    Pair pair;
    REQUIRE(pair.establish(left_transport(), right_transport()));
    check_mode(pair, Mode::kTransport);
    for (Node* side : {&pair.left, &pair.right}) {
        rekey(pair, *side, false);
        check_mode(pair, Mode::kTransport);
        rekey(pair, *side, true);
        rekey(pair, *side, false);
        check_mode(pair, Mode::kTransport);
    }
    CHECK(warnings(pair.left) == 0);
    CHECK(warnings(pair.right) == 0);
}

TEST_CASE("a further child is in transport mode, too") {
    Pair pair;
    auto left = left_transport();
    auto right = right_transport();
    left.children = {{"gre", left.children[0].selectors}, {"rest", left.children[0].selectors}};
    left.children[0].selectors.local[0].protocol = left.children[0].selectors.remote[0].protocol = 47;
    right.children = mirrored(left.children);
    pair.add(left, right);
    pair.world.run_for(seconds(1));
    REQUIRE(pair.up(2));
    for (const auto& child : current_children(pair.right))
        CHECK(child.mode == Mode::kTransport);
}

TEST_CASE("a peer that wants tunnel mode gets it, and the operator a warning") {
    const bool left_wants = GENERATE(true, false);
    Pair pair;
    auto left = left_transport();
    auto right = right_transport();
    (left_wants ? right : left).mode = Mode::kTunnel;
    REQUIRE(pair.establish(left, right));
    check_mode(pair, Mode::kTunnel);
    Node& wants = left_wants ? pair.left : pair.right;
    Node& other = left_wants ? pair.right : pair.left;
    const char* code = left_wants ? "transport_declined" : "transport_not_asked";
    REQUIRE(wants.count(code) == 1);
    CHECK(warnings(wants) == 1);
    CHECK(warnings(other) == 0);
    for (const auto& note : wants.happened) {
        if (note.code != code) continue;
        CHECK(note.severity == ike::Severity::kWarning);
        CHECK_THAT(note.message, Contains("Tunnel t") && Contains("tunnels.t.esp.mode") && Contains("tunnel mode"));
    }
    CHECK_FALSE(wants.status().last_error);
    // Said once, not again with each rekey.
    rekey(pair, pair.left, false);
    rekey(pair, pair.right, false);
    check_mode(pair, Mode::kTunnel);
    CHECK(wants.count(code) == 1);
}

TEST_CASE("through a NAT there is no transport mode") {
    Pair pair;
    pair.world.network.nats.emplace_back(kLeft, kLeftPublic);
    auto right = right_transport();
    right.remote_address = kLeftPublic;
    REQUIRE(pair.establish(left_transport(), right));
    check_mode(pair, Mode::kTunnel);
    CHECK(pair.left.count("transport_encapsulated") == 1);
    CHECK(pair.right.count("transport_encapsulated") == 1);
    CHECK(warnings(pair.left) == 1);
    CHECK(warnings(pair.right) == 1);
}

}  // namespace esplane::sim
