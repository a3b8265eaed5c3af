// Rekeys that cross, with nonces chosen by the test: which of the two goes is fixed by RFC 7296 2.8.1 and 2.8.2, and
// two engines that both had it the wrong way round would still agree with each other.

#include <catch2/catch.hpp>

#include "ike/core/proposals.h"
#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;

namespace {

Bytes spi_octets(dataplane::Spi spi) {
    Bytes octets(4);
    store_be(octets.data(), dataplane::to_number(spi));
    return octets;
}

/// An engine and a peer with one CHILD_SA, without PFS.
struct Met : Alone {
    Met() {
        auto options = left_tunnel();
        options.start = ike::StartMode::kListen;
        options.esp_proposals = peer.own.esp_proposals;
        left.command(ike::AddTunnel{options});
        REQUIRE(connect(peer));
    }
    static ike::TunnelOptions peer_options() {
        auto options = right_tunnel();
        options.esp_proposals = esp_proposals({"aes256gcm16"});
        return options;
    }
    /// Orders a rekey and returns the engine's request.
    Payloads rekey(bool of_ike) {
        sent.clear();
        left.command(ike::Rekey{"t", of_ike});
        world.run_for(milliseconds(1));
        REQUIRE(sent.size() == 1);
        return peer.open(sent[0]).value();
    }
    /// What the engine sends by itself once `response` is in.
    std::vector<Bytes> answer(const Payloads& response) {
        ask(peer.seal(ExchangeType::kCreateChildSa, true, 0, response));
        return sent;
    }

    ScriptedPeer peer{peer_options(), 1};
};

Payloads child_answer(const Payloads& request, std::uint8_t nonce) {
    auto chosen = ike::choose_esp(*request.sa, esp_proposals({"aes256gcm16"}), false, true).value();
    chosen.answer.spi = {0x77, 0, 0, 1};
    Payloads answer;
    answer.sa = std::vector<ike::wire::Proposal>{chosen.answer};
    answer.nonce = Bytes(32, nonce);
    answer.ts_i = request.ts_i;
    answer.ts_r = request.ts_r;
    return answer;
}

struct IkeSide {
    std::unique_ptr<crypto::KeyExchange> ke;
    Payloads payloads;
};

IkeSide ike_side(const std::vector<ike::wire::Proposal>& proposals, std::uint8_t nonce) {
    crypto::SeededRandom random(nonce + 1U);
    IkeSide side{crypto::KeyExchange::generate(crypto::DhId::kX25519, random), {}};
    side.payloads.sa = proposals;
    side.payloads.nonce = Bytes(32, nonce);
    side.payloads.ke = ike::wire::Ke{31, side.ke->public_value()};
    return side;
}

}  // namespace

TEST_CASE("of two CHILD rekeys that cross, the one with the lowest nonce goes, by who started it") {
    // The engine's own two nonces are random, so zeros are lower and ones higher than both.
    const bool engine_wins = GENERATE(true, false);
    Met met;
    const auto old = current_children(met.left)[0];
    const Payloads request = met.rekey(false);

    Payloads rival = met.peer.child_request();
    rival.nonce = Bytes(32, engine_wins ? std::uint8_t{0x00} : std::uint8_t{0xff});
    rival.notifies = with_notify(NotifyType::kRekeySa).notifies;
    rival.notifies[0].protocol = ike::wire::ProtocolId::kEsp;
    rival.notifies[0].spi = spi_octets(old.spi_out);
    const auto rival_answer = met.peer.open(met.ask(met.peer.seal(ExchangeType::kCreateChildSa, false, 2, rival)));
    REQUIRE(rival_answer);
    REQUIRE(rival_answer->sa);

    const auto sent = met.answer(child_answer(request, engine_wins ? 0xff : 0x00));
    REQUIRE(sent.size() == 1);
    const auto told = met.peer.open(sent[0]);
    REQUIRE(told);
    REQUIRE(told->deletes.size() == 1);
    const auto own_spi = load_be<std::uint32_t>(request.sa->front().spi.data());
    const auto* out = met.left.dataplane().outbound(dataplane::TunnelId{1});
    REQUIRE(out != nullptr);
    if (engine_wins) {
        CHECK(told->deletes[0].spis == std::vector<std::uint32_t>{dataplane::to_number(old.spi_in)});
        CHECK(dataplane::to_number(out->options.spi_in) == own_spi);
    } else {
        CHECK(told->deletes[0].spis == std::vector<std::uint32_t>{own_spi});
        CHECK(out->options.spi_in == old.spi_in);  // until the peer deletes it
    }
    CHECK(met.left.dataplane().offences().empty());
}

TEST_CASE("of two IKE rekeys that cross, the one with the lowest nonce goes, by who started it") {
    const bool engine_wins = GENERATE(true, false);
    Met met;
    const auto old = *met.left.status().ike;
    const Payloads request = met.rekey(true);

    const auto offer = ike::offer_ike(left_tunnel().ike_proposals, {9, 9, 9, 9, 9, 9, 9, 9});
    const auto rival = ike_side(offer, engine_wins ? 0x00 : 0xff);
    const auto rival_answer =
        met.peer.open(met.ask(met.peer.seal(ExchangeType::kCreateChildSa, false, 2, rival.payloads)));
    REQUIRE(rival_answer);
    REQUIRE(rival_answer->sa);

    auto chosen = ike::choose_ike(*request.sa, left_tunnel().ike_proposals).value();
    chosen.answer.spi = {7, 7, 7, 7, 7, 7, 7, 7};
    const auto sent = met.answer(ike_side({chosen.answer}, engine_wins ? 0xff : 0x00).payloads);
    REQUIRE(sent.size() == 1);
    const auto header = ike::wire::parse_header(sent[0]);
    REQUIRE(header.ok());
    CHECK(header->exchange == ExchangeType::kInformational);
    const auto now = *met.left.status().ike;
    if (engine_wins) {
        CHECK(header->spi_i == old.spi_i);
        CHECK(header->spi_r == old.spi_r);
        CHECK(now.initiator);
        CHECK(ike::to_number(now.spi_r) == 0x0707070707070707U);
    } else {
        CHECK(ike::to_number(header->spi_r) == 0x0707070707070707U);
        CHECK_FALSE(now.initiator);
        CHECK(ike::to_number(now.spi_i) == 0x0909090909090909U);
    }
    CHECK(met.left.status().children.size() == 1);
}

TEST_CASE("what crosses a Delete") {
    Met met;
    const auto old = current_children(met.left)[0];
    SECTION("the Delete of a CHILD_SA that we are rekeying is answered as usual; our rekey then finds nothing") {
        met.rekey(false);
        Payloads payloads;
        payloads.deletes.push_back({ike::wire::ProtocolId::kEsp, {dataplane::to_number(old.spi_out)}});
        const auto answer = met.peer.open(met.ask(met.peer.seal(ExchangeType::kInformational, false, 2, payloads)));
        REQUIRE(answer);
        REQUIRE(answer->deletes.size() == 1);
        CHECK(answer->deletes[0].spis == std::vector<std::uint32_t>{dataplane::to_number(old.spi_in)});
        met.answer(with_notify(NotifyType::kChildSaNotFound));
        CHECK(current_children(met.left).empty());
        CHECK(met.left.status().last_error->code == "deleted_by_peer");
    }
    SECTION("a CHILD rekey while we rekey the IKE SA is put off, and the other way round") {
        const bool ours_is_ike = GENERATE(true, false);
        met.rekey(ours_is_ike);
        Payloads request = met.peer.child_request();
        if (!ours_is_ike) request = ike_side(ike::offer_ike(left_tunnel().ike_proposals, Bytes(8, 9)), 1).payloads;
        CHECK(has(met.peer.open(met.ask(met.peer.seal(ExchangeType::kCreateChildSa, false, 2, request))),
                  NotifyType::kTemporaryFailure));
        CHECK(met.answer(with_notify(NotifyType::kTemporaryFailure)).empty());
        // Tried again after a while.
        met.sent.clear();
        met.world.run_for(milliseconds(2'100));
        REQUIRE_FALSE(met.sent.empty());
        CHECK(met.peer.open(met.sent[0])->sa);
    }
    SECTION("nothing new on an IKE SA whose Delete is under way") {
        met.left.command(ike::Down{"t"});
        CHECK(
            has(met.peer.open(met.ask(met.peer.seal(ExchangeType::kCreateChildSa, false, 2, met.peer.child_request()))),
                NotifyType::kTemporaryFailure));
        Payloads payloads;
        payloads.deletes.push_back({ike::wire::ProtocolId::kIke, {}});
        CHECK(met.peer.open(met.ask(met.peer.seal(ExchangeType::kInformational, false, 3, payloads)))->deletes.empty());
    }
    CHECK(met.left.dataplane().offences().empty());
}

}  // namespace esplane::sim
