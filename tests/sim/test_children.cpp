// Tunnels of several CHILD_SAs: each is negotiated, refused, rekeyed, deleted and lost for itself.

#include <algorithm>
#include <catch2/catch.hpp>

#include "ike/core/proposals.h"
#include "tests/sim/alone.h"

namespace esplane::sim {

using Catch::Contains;
using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using std::chrono::seconds;

namespace {

std::vector<std::string> names(const Node& node) {
    std::vector<std::string> found;
    for (const auto& child : current_children(node))
        found.push_back(child.name);
    std::sort(found.begin(), found.end());
    return found;
}

ike::ChildStatus named(const Node& node, const std::string& name) {
    for (const auto& child : current_children(node)) {
        if (child.name == name) return child;
    }
    return {};
}

using Names = std::vector<std::string>;

/// Both have one CHILD_SA for each of `count`, the same ones, and each carries packets.
void check_all_up(Pair& pair, std::uint32_t count) {
    CHECK(names(pair.left).size() == count);
    CHECK(names(pair.left) == names(pair.right));
    CHECK(pair.up(count));
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(side->status().missing.empty());
        CHECK(side->engine().counters().child_sas == count);
        CHECK(side->dataplane().children().size() == count);
        CHECK(side->dataplane().offences() == std::vector<std::string>{});
    }
}

}  // namespace

TEST_CASE("the first child comes with IKE_AUTH, the others after it, with PFS") {
    Pair pair;
    pair.add(left_with(3), right_with(3));
    pair.world.run_for(seconds(1));
    check_all_up(pair, 3);
    CHECK(pair.world.network.datagrams_sent == 4 + 2 * 2);
    CHECK(named(pair.left, "a").suite.dh == crypto::DhId::kNone);
    CHECK(named(pair.left, "b").suite.dh == crypto::DhId::kX25519);
    CHECK(pair.left.count("established") == 3);
    CHECK_THAT(pair.left.happened.back().message, Contains("Tunnel t, child c: established with 192.0.2.2"));
    CHECK(dataplane::to_string(named(pair.right, "c").selectors.local) == "10.2.2.0/24");
}

TEST_CASE("the selectors say which child is meant: exactly, or else the first that they narrow to") {
    Pair pair;
    auto left = left_with(2);
    auto right = right_with(2);
    // To the right one's wide child either would narrow.
    right.children.insert(right.children.begin(), {"wide", {subnets({"10.0.0.0/8"}), subnets({"10.0.0.0/8"})}});
    left.children.push_back({"odd", {subnets({"10.1.0.0/25", "10.1.9.0/24"}), subnets({"10.2.9.0/24"})}});
    pair.add(left, right);
    pair.world.run_for(seconds(1));
    CHECK(names(pair.left) == Names{"a", "b", "odd"});
    CHECK(names(pair.right) == Names{"a", "b", "wide"});
    CHECK(named(pair.right, "a").spi_in == named(pair.left, "a").spi_out);
    CHECK(named(pair.right, "wide").spi_in == named(pair.left, "odd").spi_out);
}

TEST_CASE("as many children as may be configured come up one after the other") {
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    left.esp_proposals = right.esp_proposals = esp_proposals({"aes256gcm16"});
    left.children.clear();
    for (int number = 0; number < 255; ++number) {
        const std::string local = "10.1." + std::to_string(number) + ".0/24";
        left.children.push_back({"c" + std::to_string(number), {subnets({local.c_str()}), subnets({"10.2.0.0/16"})}});
    }
    right.children = mirrored(left.children);
    pair.add(left, right);
    pair.world.run_for(seconds(5));
    CHECK(names(pair.left).size() == 255);
    CHECK(names(pair.right).size() == 255);
    CHECK(pair.left.status().missing.empty());
    const auto rekey = pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(seconds(20));
    REQUIRE(pair.left.answer(rekey) != nullptr);
    CHECK(pair.left.answer(rekey)->ok);
    CHECK(pair.left.count("rekeyed_child") == 255);
    CHECK(pair.left.engine().counters().child_sas == 255);
}

TEST_CASE("up is done when every child is up") {
    Pair pair;
    auto left = left_with(3);
    left.start = ike::StartMode::kListen;
    pair.add(left, right_with(3));
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_until([&] { return !current_children(pair.left).empty(); });
    CHECK(pair.left.answer(up) == nullptr);
    CHECK(pair.left.status().state == ike::TunnelState::kEstablished);
    CHECK(pair.left.status().missing == Names{"b", "c"});
    pair.world.run_for(seconds(1));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK(pair.left.answer(up)->ok);
    check_all_up(pair, 3);
    const auto again = pair.left.command(ike::Up{"t"});
    REQUIRE(pair.left.answer(again) != nullptr);
    CHECK(pair.left.answer(again)->ok);
}

TEST_CASE("a child that is refused is named and tried again, and the others live") {
    const int refused = GENERATE(0, 1, 2);
    const std::string name(1, static_cast<char>('a' + refused));
    INFO("child " << name);
    Pair pair;
    auto right = right_with(3);
    right.children.erase(right.children.begin() + refused);
    pair.right.command(ike::AddTunnel{right});
    pair.left.command(ike::AddTunnel{left_with(3)});
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(1));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK_FALSE(pair.left.answer(up)->ok);
    CHECK(pair.left.answer(up)->code == "no_common_selector");
    CHECK_THAT(pair.left.answer(up)->message, Contains("Tunnel t, child " + name + ":"));
    CHECK_THAT(pair.left.last_error(), Contains("Tunnel t, child " + name + ":"));
    CHECK_THAT(pair.left.last_error(), Contains("tunnels.t.children." + name + ".remote"));
    CHECK(pair.left.status().missing == Names{name});
    CHECK(names(pair.left).size() == 2);
    CHECK(names(pair.right) == names(pair.left));
    const auto spi = current_children(pair.left)[0].spi_in;

    pair.world.run_for(std::chrono::minutes(10));
    CHECK(pair.left.count("no_common_selector") >= 9);
    CHECK(pair.left.count("no_common_selector") <= 15);
    CHECK(pair.left.count("established") == 2);
    CHECK(pair.left.count("deleted_by_peer") == 0);
    CHECK(current_children(pair.left)[0].spi_in == spi);
    CHECK(pair.left.engine().counters().ike_sas == 1);
}

TEST_CASE("a first child that is answered wrongly is deleted at the peer, and the next one asked for") {
    Alone alone;
    alone.left.command(ike::AddTunnel{left_with(2)});
    alone.world.run_for(milliseconds(1));
    ScriptedPeer peer(right_with(2), 1);
    const auto request = peer.open(alone.ask(peer.init_response(alone.sent.back())));
    REQUIRE(request);
    auto answer = peer.auth_response(*request);
    answer.notifies = with_notify(NotifyType::kUseTransportMode).notifies;  // which nobody asked for
    const auto told = peer.open(alone.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, answer)));
    REQUIRE(told);
    REQUIRE(told->deletes.size() == 1);
    CHECK(told->deletes[0].spis == std::vector{load_be<std::uint32_t>(request->sa->front().spi.data())});
    CHECK_THAT(alone.left.last_error(), Contains("transport mode"));
    const auto next = peer.open(alone.ask(peer.seal(ExchangeType::kInformational, true, 2, {})));
    REQUIRE(next);
    REQUIRE(next->ts_i);
    CHECK(dataplane::to_string(next->ts_i->entries) == "10.1.1.0/24");
}

TEST_CASE("when every child is refused the IKE SA is of no use") {
    Pair pair;
    auto left = left_with(2);
    left.esp_proposals = esp_proposals({"aes128gcm16"});
    left.start = ike::StartMode::kListen;
    pair.add(left, right_with(2));
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(60));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK_FALSE(pair.left.answer(up)->ok);
    CHECK(pair.left.answer(up)->code == "no_common_esp_proposal");
    CHECK(pair.left.status().state == ike::TunnelState::kDown);
    CHECK(pair.left.engine().counters().ike_sas == 0);
    CHECK(pair.right.engine().counters().ike_sas == 0);
}

TEST_CASE("rekey of a tunnel rekeys every child, and is done when all are") {
    const bool by_left = GENERATE(true, false);
    Pair pair;
    pair.add(left_with(3), right_with(3));
    pair.world.run_for(seconds(1));
    check_all_up(pair, 3);
    Node& starter = by_left ? pair.left : pair.right;
    const auto old = named(pair.left, "b").spi_in;
    const auto rekey = starter.command(ike::Rekey{"t", false});
    pair.world.run_until([&] { return starter.count("rekeyed_child") == 2; });
    CHECK(starter.answer(rekey) == nullptr);
    pair.world.run_for(seconds(8));
    REQUIRE(starter.answer(rekey) != nullptr);
    CHECK(starter.answer(rekey)->ok);
    CHECK(starter.count("rekeyed_child") == 3);
    CHECK(named(pair.left, "b").spi_in != old);
    check_all_up(pair, 3);

    const auto ike = starter.command(ike::Rekey{"t", true});
    pair.world.run_for(seconds(8));
    REQUIRE(starter.answer(ike) != nullptr);
    CHECK(starter.answer(ike)->ok);
    check_all_up(pair, 3);
}

TEST_CASE("a soft limit rekeys only that child") {
    Pair pair;
    pair.add(left_with(2), right_with(2));
    pair.world.run_for(seconds(1));
    const auto a = named(pair.left, "a");
    const auto b = named(pair.left, "b");
    pair.left.event(ike::ChildSoftLimit{b.id});
    pair.world.run_for(seconds(8));
    check_all_up(pair, 2);
    CHECK(named(pair.left, "a").spi_in == a.spi_in);
    CHECK(named(pair.left, "b").spi_in != b.spi_in);
}

TEST_CASE("several children, and both sides start at once: one CHILD_SA each, the same ones") {
    const int seed = GENERATE(range(0, 60));
    INFO("seed " << seed);
    Pair pair(static_cast<std::uint64_t>(seed));
    pair.world.network.faults.jitter = milliseconds(seed % 7);
    pair.left.dataplane_latency = milliseconds(seed % 4);
    auto right = right_with(3);
    right.start = ike::StartMode::kAuto;
    pair.right.command(ike::AddTunnel{right});
    pair.world.run_for(milliseconds(seed % 5));
    pair.left.command(ike::AddTunnel{left_with(3)});
    pair.world.run_for(seconds(60));
    check_all_up(pair, 3);
    CHECK(pair.left.engine().counters().ike_sas == 1);
    CHECK(pair.right.engine().counters().ike_sas == 1);
    CHECK_FALSE(pair.left.status().last_error);
    CHECK_FALSE(pair.right.status().last_error);
}

TEST_CASE("both sides want the same further child at once, and get one") {
    const int seed = GENERATE(range(0, 12));
    INFO("seed " << seed);
    Pair pair(static_cast<std::uint64_t>(seed));
    pair.world.network.faults.delay = milliseconds(5);
    auto left = left_with(3);
    auto right = right_with(3);
    left.start = right.start = ike::StartMode::kOnDemand;
    pair.add(left, right);
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 0});
    pair.world.run_for(seconds(1));
    CHECK(names(pair.left) == Names{"a"});
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 1});
    pair.world.run_for(milliseconds(seed));
    pair.right.event(ike::TunnelWanted{dataplane::TunnelId{1}, 1});
    pair.world.run_for(seconds(20));
    CHECK(names(pair.left) == Names{"a", "b"});
    CHECK(names(pair.right) == Names{"a", "b"});
    CHECK(pair.world.ping(pair.left, pair.right, 1));
    CHECK(pair.left.engine().counters().child_sas == 2);
    CHECK(pair.right.engine().counters().child_sas == 2);
    CHECK(pair.left.dataplane().offences().empty());
    CHECK(pair.right.dataplane().offences().empty());
}

TEST_CASE("of two that were made at once by a peer that grants both, ours goes") {
    // The peer made the IKE SA, so that we give way.
    Alone alone;
    auto own = right_with(2);
    own.esp_proposals = esp_proposals({"aes256gcm16"});
    ScriptedPeer peer(own, 1);
    auto options = left_with(2);
    options.esp_proposals = own.esp_proposals;
    options.start = ike::StartMode::kOnDemand;
    alone.left.command(ike::AddTunnel{options});
    REQUIRE(alone.connect(peer));
    alone.sent.clear();
    alone.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 1});
    alone.world.run_for(milliseconds(1));
    REQUIRE(alone.sent.size() == 1);
    const Payloads request = peer.open(alone.sent[0]).value();
    std::swap(peer.own.children[0], peer.own.children[1]);
    const auto granted = peer.open(alone.ask(peer.seal(ExchangeType::kCreateChildSa, false, 2, peer.child_request())));
    REQUIRE(granted);
    CHECK(granted->sa);

    auto chosen = ike::choose_esp(*request.sa, own.esp_proposals, false, true).value();
    chosen.answer.spi = {0x77, 0, 0, 1};
    Payloads answer;
    answer.sa = std::vector<ike::wire::Proposal>{chosen.answer};
    answer.nonce = Bytes(32, 7);
    answer.ts_i = request.ts_i;
    answer.ts_r = request.ts_r;
    const auto told = peer.open(alone.ask(peer.seal(ExchangeType::kCreateChildSa, true, 0, answer)));
    REQUIRE(told);
    REQUIRE(told->deletes.size() == 1);
    CHECK(told->deletes[0].spis == std::vector{load_be<std::uint32_t>(request.sa->front().spi.data())});
    CHECK(names(alone.left) == Names{"a", "b"});
    CHECK(alone.left.dataplane().children().size() == 2);
}

TEST_CASE("each packet that wants a child brings up that one alone") {
    Pair pair;
    auto left = left_with(3);
    left.start = ike::StartMode::kOnDemand;
    pair.add(left, right_with(3));
    pair.world.run_for(seconds(30));
    CHECK(pair.world.network.datagrams_sent == 0);
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 1});
    pair.world.run_for(seconds(1));
    CHECK(names(pair.left) == Names{"b"});
    CHECK(pair.left.status().missing == Names{"a", "c"});
    CHECK(pair.world.network.datagrams_sent == 4);
    CHECK(pair.world.ping(pair.left, pair.right, 1));
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 2});
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 2});
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 99});
    pair.world.run_for(seconds(1));
    CHECK(names(pair.left) == Names{"b", "c"});
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(1));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK(pair.left.answer(up)->ok);
    check_all_up(pair, 3);
}

TEST_CASE("a child that the peer deletes is made anew, the others are not") {
    Pair pair;
    pair.add(left_with(3), right_with(3));
    pair.world.run_for(seconds(1));
    check_all_up(pair, 3);
    const auto a = named(pair.left, "a");
    const auto b = named(pair.left, "b");
    // The right one's only listens: it deletes, and leaves it at that.
    pair.right.event(ike::ChildHardLimit{named(pair.right, "b").id});
    pair.world.run_for(seconds(1));
    CHECK(names(pair.left) == Names{"a", "c"});
    CHECK(names(pair.right) == Names{"a", "c"});
    CHECK(pair.left.status().state == ike::TunnelState::kEstablished);
    CHECK_THAT(pair.left.last_error(), Contains("Tunnel t, child b:") && Contains("deleted"));
    pair.world.run_for(seconds(15));
    check_all_up(pair, 3);
    CHECK(named(pair.left, "a").spi_in == a.spi_in);
    CHECK(named(pair.left, "b").spi_in != b.spi_in);
    CHECK_FALSE(pair.left.status().last_error);
}

TEST_CASE("the end of a child's life is the end of that child alone") {
    Pair pair;
    pair.add(left_with(2), right_with(2));
    pair.world.run_for(seconds(1));
    const auto a = named(pair.left, "a");
    const auto b = named(pair.left, "b");
    pair.left.event(ike::ChildHardLimit{a.id});
    pair.world.run_for(milliseconds(200));
    check_all_up(pair, 2);
    CHECK(named(pair.left, "a").spi_in != a.spi_in);
    CHECK(named(pair.left, "b").spi_in == b.spi_in);
    CHECK(pair.left.count("expired") == 1);
    CHECK(pair.left.engine().counters().ike_sas == 1);
}

TEST_CASE("a peer that was silent and comes back gets every child again") {
    Pair pair;
    pair.add(left_with(3), right_with(3));
    pair.world.run_for(seconds(1));
    check_all_up(pair, 3);
    bool cut = true;
    pair.world.network.filter = [&](const Packet&) { return !cut; };
    pair.world.run_for(std::chrono::minutes(3));
    CHECK(names(pair.left).empty());
    cut = false;
    pair.world.run_for(std::chrono::minutes(2));
    check_all_up(pair, 3);
}

TEST_CASE("after a loss only those children come back that had been wanted") {
    Pair pair;
    auto left = left_with(3);
    left.start = ike::StartMode::kOnDemand;
    left.dpd.action = GENERATE(ike::DpdAction::kRestart, ike::DpdAction::kTrap);
    pair.add(left, right_with(3));
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 1});
    pair.world.run_for(seconds(1));
    REQUIRE(names(pair.left) == Names{"b"});
    pair.right.crash();
    pair.right.command(ike::AddTunnel{right_with(3)});
    pair.world.run_for(seconds(90));
    if (left.dpd.action == ike::DpdAction::kTrap) {
        CHECK(names(pair.left).empty());
        pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}, 1});
        pair.world.run_for(seconds(1));
    }
    CHECK(names(pair.left) == Names{"b"});
    CHECK(names(pair.right) == Names{"b"});
}

TEST_CASE("down takes every child down") {
    Pair pair;
    pair.add(left_with(3), right_with(3));
    pair.world.run_for(seconds(1));
    const auto down = pair.left.command(ike::Down{"t"});
    pair.world.run_for(seconds(60));
    REQUIRE(pair.left.answer(down) != nullptr);
    CHECK(pair.left.answer(down)->ok);
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(side->engine().counters().child_sas == 0);
        CHECK(side->engine().counters().ike_sas == 0);
        CHECK(side->dataplane().children().empty());
    }
}

}  // namespace esplane::sim
