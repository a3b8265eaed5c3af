// What an operator is told: the code, both sides' view, and the key of the configuration to change.

#include <catch2/catch.hpp>

#include "tests/sim/sim.h"

namespace esplane::sim {

using Catch::Contains;
using std::chrono::seconds;

namespace {

void check_error(const Node& node, const std::string& code, std::initializer_list<const char*> parts) {
    INFO(node.last_error());
    REQUIRE(node.status().last_error.has_value());
    CHECK(node.status().last_error->code == code);
    CHECK_THAT(node.last_error(), Contains("unnel t"));
    for (const char* part : parts)
        CHECK_THAT(node.last_error(), Contains(part));
}

/// Adds both, waits, and expects that the command said the same as the status.
void fail(Pair& pair, ike::TunnelOptions left, const ike::TunnelOptions& right) {
    left.start = ike::StartMode::kListen;
    pair.add(left, right);
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(9));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK_FALSE(pair.left.answer(up)->ok);
    CHECK(pair.left.answer(up)->code == pair.left.status().last_error->code);
    CHECK(pair.left.answer(up)->message == pair.left.status().last_error->message);
    CHECK(pair.left.status().state == ike::TunnelState::kDown);
    CHECK(pair.left.count(pair.left.status().last_error->code) == 1);
}

}  // namespace

TEST_CASE("a wrong pre-shared key") {
    Pair pair;
    auto left = left_tunnel();
    left.psk = psk("another");
    fail(pair, left, right_tunnel());
    check_error(pair.left, "authentication_failed",
                {"192.0.2.2", "left.example.org", "right.example.org", "tunnels.t.auth", "tunnels.t.local.id"});
    check_error(pair.right, "wrong_psk", {"192.0.2.1", "left.example.org", "pre-shared key", "tunnels.t.auth"});
    CHECK(pair.right.count("wrong_psk") == 1);
    CHECK(current_children(pair.right).empty());
}

TEST_CASE("an identity that the responder does not accept") {
    Pair pair;
    auto left = left_tunnel();
    left.local_id = ike::Identity::parse("stranger.example.org").value();
    fail(pair, left, right_tunnel());
    check_error(pair.left, "authentication_failed", {"stranger.example.org", "tunnels.t.local.id"});
    check_error(pair.right, "wrong_identity", {"stranger.example.org", "left.example.org", "tunnels.t.remote.id"});
}

TEST_CASE("an identity of the responder that the initiator does not expect") {
    SECTION("and asks for by name") {
        Pair pair;
        auto right = right_tunnel();
        right.local_id = ike::Identity::parse("192.0.2.2").value();
        fail(pair, left_tunnel(), right);
        check_error(pair.left, "authentication_failed", {"right.example.org", "tunnels.t.remote.id"});
        check_error(pair.right, "wrong_identity", {"right.example.org", "192.0.2.2", "tunnels.t.local.id"});
    }
    SECTION("without having asked") {
        Pair pair;
        auto left = left_tunnel();
        left.remote_id = ike::IdentityPattern::parse("*.example.com").value();
        fail(pair, left, right_tunnel());
        check_error(pair.left, "wrong_identity", {"right.example.org", "*.example.com", "tunnels.t.remote.id"});
        CHECK(pair.right.status().state == ike::TunnelState::kDown);
        CHECK(pair.right.engine().counters().child_sas == 0);
    }
}

TEST_CASE("no IKE proposal in common") {
    Pair pair;
    auto left = left_tunnel();
    left.ike_proposals = ike_proposals({"aes128-sha256-modp2048"});
    fail(pair, left, right_tunnel());
    check_error(pair.left, "no_common_ike_proposal",
                {"NO_PROPOSAL_CHOSEN", "aes128-sha256-modp2048", "tunnels.t.ike.proposals"});
    check_error(pair.right, "no_common_ike_proposal",
                {"aes128-sha256-modp2048", "aes256gcm16-prfsha256-x25519", "tunnels.t.ike.proposals"});
}

TEST_CASE("no ESP proposal in common") {
    Pair pair;
    auto left = left_tunnel();
    left.esp_proposals = esp_proposals({"aes128gcm16"});
    fail(pair, left, right_tunnel());
    check_error(pair.left, "no_common_esp_proposal", {"NO_PROPOSAL_CHOSEN", "aes128gcm16", "tunnels.t.esp.proposals"});
    check_error(pair.right, "no_common_esp_proposal", {"aes128gcm16", "aes256gcm16", "tunnels.t.esp.proposals"});
    CHECK(pair.right.engine().counters().child_sas == 0);
}

TEST_CASE("no traffic selector in common") {
    Pair pair;
    auto left = left_tunnel();
    left.children[0].selectors.remote = subnets({"10.77.0.0/16"});
    fail(pair, left, right_tunnel());
    check_error(pair.left, "no_common_selector", {"TS_UNACCEPTABLE", "10.77.0.0/16", "tunnels.t.remote.subnets"});
    check_error(pair.right, "no_common_selector", {"10.77.0.0/16", "10.2.0.0/16", "tunnels.t.local.subnets"});
}

TEST_CASE("a group of the PFS that only the rekey would show") {
    Pair pair;
    auto left = left_tunnel();
    left.esp_proposals = esp_proposals({"aes256gcm16-ecp256"});
    REQUIRE(pair.establish(left, right_tunnel()));
    const auto rekey = pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(milliseconds(400));
    REQUIRE(pair.left.answer(rekey) != nullptr);
    CHECK_FALSE(pair.left.answer(rekey)->ok);
    check_error(pair.left, "pfs_mismatch", {"aes256gcm16-ecp256", "tunnels.t.esp.proposals"});
    check_error(pair.right, "pfs_mismatch", {"ecp256", "x25519"});
    // The tunnel itself goes on.
    CHECK(pair.world.ping(pair.left, pair.right));
}

TEST_CASE("a silent peer") {
    Pair pair;
    auto left = left_tunnel();
    left.start = ike::StartMode::kListen;
    pair.left.command(ike::AddTunnel{left});
    pair.world.network.filter = [](const Packet&) { return false; };
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(60));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK(pair.left.answer(up)->code == "peer_silent");
    check_error(pair.left, "peer_silent", {"192.0.2.2:500", "IKE_SA_INIT", "6 times", "tunnels.t.remote.address"});
    CHECK(pair.world.network.datagrams_sent == 6);
}

TEST_CASE("a peer that has no tunnel for us says so, and so does its log") {
    Pair pair;
    pair.left.command(ike::AddTunnel{left_tunnel()});
    pair.world.run_for(seconds(1));
    check_error(pair.left, "no_common_ike_proposal", {"NO_PROPOSAL_CHOSEN", "no connection for our addresses"});
    CHECK(pair.right.count("no_tunnel") == 1);
}

TEST_CASE("start: auto tries for ever, ever less often, and stops complaining when it works") {
    Pair pair;
    auto right = right_tunnel();
    right.psk = psk("another");
    pair.add(left_tunnel(), right);
    pair.world.run_for(std::chrono::minutes(10));
    const auto attempts = pair.left.count("authentication_failed");
    CHECK(attempts >= 9);
    CHECK(attempts <= 14);
    pair.right.command(ike::RemoveTunnel{"t"});
    pair.right.command(ike::AddTunnel{right_tunnel()});
    pair.world.run_for(seconds(80));
    CHECK(pair.up());
    CHECK_FALSE(pair.left.status().last_error.has_value());
}

TEST_CASE("wrong key and unknown identity look alike to the peer") {
    Bytes lengths[2];
    for (const int which : {0, 1}) {
        Pair pair;
        auto left = left_tunnel();
        if (which == 0) left.psk = psk("another");
        if (which == 1) left.local_id = ike::Identity::parse("evil.example.org").value();
        pair.world.network.filter = [&](const Packet& packet) {
            const auto* datagram = std::get_if<Bytes>(&packet.content);
            if (datagram != nullptr && packet.source.address == kRight)
                lengths[which].push_back(static_cast<std::uint8_t>(datagram->size()));
            return true;
        };
        left.start = ike::StartMode::kListen;
        pair.add(left, right_tunnel());
        pair.left.command(ike::Up{"t"});
        pair.world.run_for(seconds(2));
    }
    CHECK(lengths[0].size() == 2);
    CHECK(lengths[0] == lengths[1]);
}

}  // namespace esplane::sim
