// IKE_SA_INIT and IKE_AUTH between two engines: suites, groups, cookies, narrowing, start modes.

#include <catch2/catch.hpp>

#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

TEST_CASE("two engines establish a tunnel in four messages") {
    Pair pair;
    REQUIRE(pair.establish());
    CHECK(pair.world.network.datagrams_sent == 4);
    CHECK(pair.left.count("established") == 1);
    CHECK(pair.right.count("established") == 1);
    CHECK(pair.left.status().peer_id == "right.example.org");
    CHECK(pair.left.status().ike->initiator);
    CHECK_FALSE(pair.right.status().ike->initiator);
    CHECK(pair.left.status().ike->spi_r == pair.right.status().ike->spi_r);
    CHECK(pair.left.engine().counters().half_open == 0);
    CHECK(pair.right.engine().counters().half_open == 0);
}

TEST_CASE("without a NAT ESP goes raw and IKE stays on port 500") {
    Pair pair;
    REQUIRE(pair.establish());
    const auto* child = pair.left.dataplane().outbound(dataplane::TunnelId{1});
    REQUIRE(child != nullptr);
    CHECK(child->options.encapsulation == dataplane::Encapsulation::kNone);
    CHECK(child->options.outer.local == Endpoint{kLeft, 0});
    CHECK(child->options.outer.remote == Endpoint{kRight, 0});
    CHECK(pair.left.status().peer == Endpoint{kRight, 500});
}

TEST_CASE("every IKE suite establishes and rekeys") {
    const auto suite =
        GENERATE("aes128-sha256-ecp256", "aes192-sha256-x25519", "aes256-sha256-modp2048", "aes256-sha384-ecp384",
                 "aes256-sha512-ecp521", "aes128gcm16-prfsha256-ecp256", "aes192gcm16-prfsha384-x25519",
                 "aes256gcm16-prfsha512-modp3072", "aes256gcm16-prfsha256-modp4096");
    INFO(suite);
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.ike_proposals = right.ike_proposals = ike_proposals({suite});
    REQUIRE(pair.establish(left, right));
    CHECK(ike::to_string(pair.left.status().ike->suite) == ike::to_string(pair.right.status().ike->suite));
    const auto rekey = pair.right.command(ike::Rekey{"t", true});
    pair.world.run_for(seconds(2));
    REQUIRE(pair.right.answer(rekey) != nullptr);
    CHECK(pair.right.answer(rekey)->ok);
    CHECK(pair.up());
}

TEST_CASE("every ESP suite establishes, rekeys, and gives both ends the same keys") {
    const auto suite = GENERATE("aes128gcm16", "aes192gcm16-ecp256", "aes256gcm16-modp2048", "aes256gcm16-x25519",
                                "null-sha256", "aes256gmac-x25519");
    const bool esn = GENERATE(true, false);
    INFO(suite << " esn " << esn);
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.esp_proposals = right.esp_proposals = esp_proposals({suite});
    left.esn = esn;
    REQUIRE(pair.establish(left, right));
    CHECK(current_children(pair.left)[0].suite.esn == esn);
    CHECK(current_children(pair.right)[0].suite.esn == esn);
    const auto rekey = pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(seconds(2));
    REQUIRE(pair.left.answer(rekey) != nullptr);
    CHECK(pair.left.answer(rekey)->ok);
    CHECK(pair.up());
}

TEST_CASE("without a replay window there is no ESN") {
    Pair pair;
    auto right = right_tunnel();
    right.replay_window = 0;
    REQUIRE(pair.establish(left_tunnel(), right));
    CHECK_FALSE(current_children(pair.left)[0].suite.esn);
}

TEST_CASE("a responder that wants another group gets it, and it is remembered") {
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.ike_proposals = ike_proposals({"aes256gcm16-prfsha256-x25519-ecp256"});
    right.ike_proposals = ike_proposals({"aes256gcm16-prfsha256-ecp256"});
    REQUIRE(pair.establish(left, right));
    CHECK(pair.world.network.datagrams_sent == 6);
    pair.left.command(ike::Down{"t"});
    pair.world.run_for(seconds(2));
    pair.world.network.datagrams_sent = 0;
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(2));
    CHECK(pair.up());
    CHECK(pair.world.network.datagrams_sent == 4);
}

TEST_CASE("cookies are asked for when half-open SAs pile up, and given") {
    ike::Options options;
    options.cookie_threshold = 0;
    Pair pair(1, options);
    SECTION("alone") {
        REQUIRE(pair.establish());
        CHECK(pair.world.network.datagrams_sent == 6);
    }
    SECTION("together with another group") {
        auto left = left_tunnel();
        auto right = right_tunnel();
        left.ike_proposals = ike_proposals({"aes256gcm16-prfsha256-x25519-ecp256"});
        right.ike_proposals = ike_proposals({"aes256gcm16-prfsha256-ecp256"});
        REQUIRE(pair.establish(left, right));
        CHECK(pair.world.network.datagrams_sent == 8);
    }
    CHECK(pair.right.engine().counters().cookies_asked == 1);
}

TEST_CASE("the responder narrows to what both have") {
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.children[0].selectors = {subnets({"10.1.0.0/16", "10.9.0.0/24"}), subnets({"0.0.0.0/0"})};
    right.children[0].selectors = {subnets({"10.2.0.0/16", "10.3.0.0/16"}), subnets({"10.1.4.0/24"})};
    REQUIRE(pair.establish(left, right));
    const auto selectors = current_children(pair.left)[0].selectors;
    CHECK(dataplane::to_string(selectors.local) == "10.1.4.0/24");
    CHECK(dataplane::to_string(selectors.remote) == "10.2.0.0/16, 10.3.0.0/16");
    CHECK(current_children(pair.right)[0].selectors.remote == selectors.local);
    CHECK(current_children(pair.right)[0].selectors.local == selectors.remote);
}

TEST_CASE("a responder for any address and a wildcard identity") {
    Pair pair;
    auto right = right_tunnel();
    right.remote_address.reset();
    right.local_address.reset();
    right.remote_id = ike::IdentityPattern::parse("*.example.org").value();
    REQUIRE(pair.establish(left_tunnel(), right));
    CHECK(pair.right.status().peer_id == "left.example.org");
    CHECK(pair.right.status().peer == Endpoint{kLeft, 500});
}

TEST_CASE("an initiator that does not know its own address sends ESP in UDP") {
    Pair pair;
    auto left = left_tunnel();
    left.local_address.reset();
    REQUIRE(pair.establish(left, right_tunnel()));
    CHECK(current_children(pair.left)[0].encapsulation == dataplane::Encapsulation::kUdp);
    CHECK(current_children(pair.right)[0].encapsulation == dataplane::Encapsulation::kUdp);
}

TEST_CASE("several tunnels between the same addresses find each other by selectors") {
    Pair pair;
    for (const int number : {1, 2, 3}) {
        auto left = left_tunnel();
        auto right = right_tunnel();
        left.id = right.id = dataplane::TunnelId{static_cast<std::uint32_t>(number)};
        left.name = right.name = "t" + std::to_string(number);
        left.children[0].selectors = {subnets({"10.1.0.0/16"}), subnets({})};
        const std::string remote = "10.20" + std::to_string(number) + ".0.0/16";
        left.children[0].selectors.remote = subnets({remote.c_str()});
        right.children[0].selectors = {left.children[0].selectors.remote, left.children[0].selectors.local};
        pair.right.command(ike::AddTunnel{right});
        pair.left.command(ike::AddTunnel{left});
    }
    pair.world.run_for(seconds(20));
    for (const char* name : {"t1", "t2", "t3"}) {
        INFO(name);
        CHECK(current_children(pair.left, name).size() == 1);
        CHECK(current_children(pair.right, name).size() == 1);
    }
}

TEST_CASE("the SPIs of a tunnel name the worker that has it, in either role and after every rekey") {
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.worker = dataplane::WorkerId{5};
    right.worker = dataplane::WorkerId{63};
    pair.add(left, right);
    pair.world.run_for(seconds(1));
    for (Node* starter : {&pair.left, &pair.right}) {
        starter->command(ike::Rekey{"t", false});
        pair.world.run_for(seconds(1));
    }
    REQUIRE(pair.up());
    CHECK(pair.left.dataplane().children().size() > 1);
    for (const auto& [id, child] : pair.left.dataplane().children())
        CHECK(worker_of(child.options.spi_in) == left.worker);
    for (const auto& [id, child] : pair.right.dataplane().children())
        CHECK(worker_of(child.options.spi_in) == right.worker);
}

TEST_CASE("start on-demand waits for a packet, start listen for the peer") {
    Pair pair;
    auto left = left_tunnel();
    left.start = ike::StartMode::kOnDemand;
    pair.add(left, right_tunnel());
    pair.world.run_for(seconds(30));
    CHECK(pair.world.network.datagrams_sent == 0);
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}});
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}});
    pair.world.run_for(seconds(1));
    CHECK(pair.up());
    CHECK(pair.world.network.datagrams_sent == 4);
}

TEST_CASE("up connects a listening tunnel, and is answered with the outcome") {
    Pair pair;
    auto left = left_tunnel();
    left.start = ike::StartMode::kListen;
    pair.add(left, right_tunnel());
    const auto first = pair.left.command(ike::Up{"t"});
    CHECK(pair.left.answer(first) == nullptr);
    pair.world.run_for(seconds(1));
    REQUIRE(pair.left.answer(first) != nullptr);
    CHECK(pair.left.answer(first)->ok);
    const auto second = pair.left.command(ike::Up{"t"});
    REQUIRE(pair.left.answer(second) != nullptr);
    CHECK(pair.left.answer(second)->ok);
    const auto third = pair.left.command(ike::Up{"nobody"});
    CHECK(pair.left.answer(third)->code == "unknown_tunnel");
}

TEST_CASE("the responder's answer waits for its data plane") {
    Pair pair;
    pair.right.dataplane_latency = milliseconds(200);
    pair.add(left_tunnel(), right_tunnel());
    pair.world.run_for(milliseconds(150));
    CHECK(pair.left.status().state == ike::TunnelState::kConnecting);
    CHECK(pair.world.network.datagrams_sent == 3);
    pair.world.run_for(milliseconds(200));
    CHECK(pair.up());
}

TEST_CASE("both start at once and end with one CHILD_SA, the same one") {
    const int seed = GENERATE(range(0, 60));
    INFO("seed " << seed);
    Pair pair(static_cast<std::uint64_t>(seed));
    pair.world.network.faults.jitter = milliseconds(seed % 7);
    auto right = right_tunnel();
    right.start = ike::StartMode::kAuto;
    pair.right.command(ike::AddTunnel{right});
    pair.world.run_for(milliseconds(seed % 5));
    pair.left.command(ike::AddTunnel{left_tunnel()});
    pair.world.run_for(seconds(30));
    CHECK(pair.up());
    CHECK(pair.left.engine().counters().child_sas == 1);
    CHECK(pair.right.engine().counters().child_sas == 1);
    CHECK(pair.left.dataplane().offences().empty());
    CHECK(pair.right.dataplane().offences().empty());
}

TEST_CASE("a peer that crashed and comes back replaces what it had") {
    Pair pair;
    REQUIRE(pair.establish());
    pair.world.run_for(seconds(60));
    pair.left.crash();
    pair.left.command(ike::AddTunnel{left_tunnel()});
    pair.world.run_for(seconds(2));
    CHECK(pair.up());
    CHECK(pair.right.engine().counters().child_sas == 1);
}

}  // namespace esplane::sim
