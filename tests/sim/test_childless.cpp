// IKE_AUTH without a CHILD_SA (RFC 6023): the first one, too, is made by CREATE_CHILD_SA.

#include <catch2/catch.hpp>

#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using std::chrono::seconds;

namespace {

/// Requests of an exchange type that leave a node, counted.
class Exchanges {
  public:
    explicit Exchanges(World& world) {
        world.network.filter = [this](const Packet& packet) {
            const auto* datagram = std::get_if<Bytes>(&packet.content);
            const auto header = datagram == nullptr ? std::nullopt : ike::wire::peek_header(*datagram);
            if (header && !header->is_response) ++requests_[header->exchange];
            return true;
        };
    }
    int operator[](ExchangeType type) { return requests_[type]; }

  private:
    std::map<ExchangeType, int> requests_;
};

ike::TunnelOptions childless(std::size_t count, ike::Childless how) {
    auto options = left_with(count);
    options.childless = how;
    return options;
}

}  // namespace

TEST_CASE("the first CHILD_SA comes after IKE_AUTH, with a key exchange of its own") {
    const std::uint32_t count = GENERATE(1U, 3U);
    auto left = childless(count, GENERATE(ike::Childless::kPrefer, ike::Childless::kRequire));
    auto right = right_with(count);
    left.esp_proposals = right.esp_proposals = esp_proposals({"aes256gcm16-x25519"});
    Pair pair;
    Exchanges exchanges(pair.world);
    pair.add(left, right);
    pair.world.run_for(seconds(1));
    CHECK(pair.up(count));
    CHECK(exchanges[ExchangeType::kIkeAuth] == 1);
    CHECK(exchanges[ExchangeType::kCreateChildSa] == static_cast<int>(count));
    CHECK(current_children(pair.left).front().suite.dh == crypto::DhId::kX25519);
}

TEST_CASE("without being asked for it the first CHILD_SA comes with IKE_AUTH") {
    Pair pair;
    Exchanges exchanges(pair.world);
    REQUIRE(pair.establish());
    CHECK(exchanges[ExchangeType::kCreateChildSa] == 0);
}

TEST_CASE("a CHILD_SA that the peer refuses leaves no IKE SA that serves nobody") {
    auto left = childless(1, ike::Childless::kPrefer);
    auto right = right_with(1);
    right.esp_proposals = esp_proposals({"aes128gcm16"});
    left.start = ike::StartMode::kListen;
    Pair pair;
    pair.add(left, right);
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(5));
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK_FALSE(pair.left.answer(up)->ok);
    CHECK(pair.left.engine().counters().ike_sas == 0);
}

TEST_CASE("a peer that does not know it gets a CHILD_SA with IKE_AUTH, or nothing where it is required") {
    const auto how = GENERATE(ike::Childless::kPrefer, ike::Childless::kRequire);
    Alone alone;
    alone.left.command(ike::AddTunnel{childless(1, how)});
    alone.world.run_for(milliseconds(1));
    ScriptedPeer peer(right_with(1), 1);
    const Bytes next = alone.ask(peer.init_response(alone.sent.back()));
    if (how == ike::Childless::kRequire) {
        CHECK(next.empty());
        CHECK(alone.left.count("no_childless") == 1);
        return;
    }
    const auto request = peer.open(next);
    REQUIRE(request);
    CHECK(request->sa);
}

TEST_CASE("an IKE_AUTH response without the CHILD_SA that was asked for is refused") {
    Alone alone;
    alone.left.command(ike::AddTunnel{left_tunnel()});
    alone.world.run_for(milliseconds(1));
    ScriptedPeer peer(right_tunnel(), 1);
    const auto request = peer.open(alone.ask(peer.init_response(alone.sent.back())));
    REQUIRE(request);
    auto answer = peer.auth_response(*request);
    answer.sa.reset();
    answer.ts_i.reset();
    answer.ts_r.reset();
    alone.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, answer));
    CHECK(alone.left.count("protocol_error") == 1);
    CHECK(alone.left.status().state != ike::TunnelState::kEstablished);
}

}  // namespace esplane::sim
