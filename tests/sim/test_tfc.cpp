// ESP_TFC_PADDING_NOT_SUPPORTED (RFC 7296 3.10.1), said by a peer with each CHILD_SA.

#include <catch2/catch.hpp>

#include "ike/core/proposals.h"
#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;

namespace {

bool accepted(Node& node) {
    const auto* out = node.dataplane().outbound(dataplane::TunnelId{1});
    REQUIRE(out != nullptr);
    return out->options.tfc_accepted;
}

void say(Payloads& payloads, bool refuses) {
    if (refuses) payloads.notifies.push_back(ike::make_notify(NotifyType::kEspTfcPaddingNotSupported));
}

ike::TunnelOptions without_pfs(ike::TunnelOptions options) {
    options.esp_proposals = esp_proposals({"aes256gcm16"});
    return options;
}

}  // namespace

TEST_CASE("a peer that answers us says whether it accepts padding, for each CHILD_SA") {
    const bool refuses = GENERATE(true, false);
    Alone alone;
    alone.left.command(ike::AddTunnel{without_pfs(left_tunnel())});
    alone.world.run_for(milliseconds(1));
    ScriptedPeer peer(without_pfs(right_tunnel()), 1);
    const auto request = peer.open(alone.ask(peer.init_response(alone.sent.back())));
    REQUIRE(request);
    auto answer = peer.auth_response(*request);
    say(answer, refuses);
    alone.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, answer));
    CHECK(accepted(alone.left) == !refuses);

    alone.sent.clear();
    alone.left.command(ike::Rekey{"t", false});
    alone.world.run_for(milliseconds(1));
    const auto rekey = peer.open(alone.sent.at(0));
    REQUIRE(rekey);
    auto chosen = ike::choose_esp(*rekey->sa, peer.own.esp_proposals, false, true).value();
    chosen.answer.spi = {0x77, 0, 0, 1};
    Payloads again;
    again.sa = std::vector<ike::wire::Proposal>{chosen.answer};
    again.nonce = Bytes(32, 1);
    again.ts_i = rekey->ts_i;
    again.ts_r = rekey->ts_r;
    say(again, !refuses);
    alone.ask(peer.seal(ExchangeType::kCreateChildSa, true, 2, again));
    CHECK(accepted(alone.left) == refuses);
}

TEST_CASE("a peer that asks us says whether it accepts padding, for each CHILD_SA") {
    const bool refuses = GENERATE(true, false);
    Alone alone;
    auto options = without_pfs(left_tunnel());
    options.start = ike::StartMode::kListen;
    alone.left.command(ike::AddTunnel{options});
    ScriptedPeer peer(without_pfs(right_tunnel()), 1);
    REQUIRE(peer.take_init_response(alone.ask(peer.init_request())));
    auto request = peer.auth_request();
    say(request, refuses);
    REQUIRE(peer.open(alone.ask(peer.seal(ExchangeType::kIkeAuth, false, 1, request))));
    CHECK(accepted(alone.left) == !refuses);
    auto another = peer.child_request();
    say(another, !refuses);
    REQUIRE(peer.open(alone.ask(peer.seal(ExchangeType::kCreateChildSa, false, 2, another))));
    CHECK(accepted(alone.left) == refuses);
}

TEST_CASE("two esplanes accept it") {
    Pair pair;
    REQUIRE(pair.establish());
    CHECK(accepted(pair.left));
    CHECK(accepted(pair.right));
}

}  // namespace esplane::sim
