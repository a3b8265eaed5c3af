// A peer that has lost its IKE SAs in a crash: tokens (RFC 6290) and hints about ESP that has no SA (RFC 7296 1.5).

#include <catch2/catch.hpp>

#include "ike/core/crash_token.h"
#include "ike/wire/codec.h"
#include "tests/sim/alone.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;

ike::Options with_secret() {
    ike::Options options;
    options.crash_secret = psk("what survives a crash");
    return options;
}

/// Its engine starts anew, with the same configuration.
void restart(Node& node, ike::TunnelOptions tunnel) {
    node.crash();
    node.command(ike::AddTunnel{std::move(tunnel)});
}

bool is_unprotected(const Packet& packet) {
    const auto* datagram = std::get_if<Bytes>(&packet.content);
    if (datagram == nullptr) return false;
    const auto header = ike::wire::parse_header(*datagram);
    return header && header->exchange != ExchangeType::kIkeSaInit && !ike::wire::is_protected(*header);
}

Bytes with_notifies(ike::wire::Header header, std::initializer_list<ike::wire::Notify> notifies) {
    ike::wire::Payloads payloads;
    payloads.notifies = notifies;
    return ike::wire::build_message(header, payloads);
}

/// As a peer that knows nothing of the SA answers what is at message ID `id`.
ike::wire::Header answer_to(const ike::IkeStatus& sa, std::uint32_t id) {
    ike::wire::Header header;
    header.spi_i = sa.spi_i;
    header.spi_r = sa.spi_r;
    header.exchange = ExchangeType::kInformational;
    header.is_response = true;
    header.from_initiator = !sa.initiator;
    header.message_id = id;
    return header;
}

}  // namespace

TEST_CASE("an idle peer that has restarted is noticed at the next liveness check") {
    Pair pair(1, with_secret());
    REQUIRE(pair.establish());
    const bool initiator = GENERATE(true, false);
    auto listening = initiator ? left_tunnel() : right_tunnel();
    listening.start = ike::StartMode::kListen;
    Node& other = initiator ? pair.right : pair.left;
    restart(initiator ? pair.left : pair.right, listening);
    CHECK(pair.world.run_until([&] { return other.count("peer_restarted") == 1; }, seconds(16)));
    CHECK(other.last_error().find("token") != std::string::npos);
    // Who listens waits for the peer; who starts does it at once.
    if (!initiator) CHECK(pair.world.run_until([&] { return pair.up(); }, seconds(1)));
    CHECK(other.count("liveness_failed") == 0);
}

TEST_CASE("a packet is enough for a peer that has restarted to be noticed within a second") {
    const bool rekeyed_by_left = GENERATE(true, false);
    const bool rekeyed_by_right = GENERATE(true, false);
    CAPTURE(rekeyed_by_left, rekeyed_by_right);
    Pair pair(1, with_secret());
    REQUIRE(pair.establish());
    if (rekeyed_by_left) pair.left.command(ike::Rekey{"t", true});
    pair.world.run_for(seconds(1));
    if (rekeyed_by_right) pair.right.command(ike::Rekey{"t", true});
    pair.world.run_for(seconds(5));
    restart(pair.right, right_tunnel());
    REQUIRE(pair.world.send_payload(pair.left));
    CHECK(pair.world.run_until([&] { return pair.up(); }, seconds(1)));
    CHECK(pair.left.count("peer_restarted") == 1);
}

TEST_CASE("without a secret a packet still makes the peer ask, and its dpd decides") {
    Pair pair;
    REQUIRE(pair.establish());
    pair.world.run_for(seconds(5));
    const auto before = pair.world.network.datagrams_sent;
    restart(pair.right, right_tunnel());
    REQUIRE(pair.world.send_payload(pair.left));
    pair.world.run_for(seconds(1));
    CHECK(pair.world.network.datagrams_sent > before + 2);
    CHECK(pair.left.count("peer_restarted") == 0);
    CHECK(pair.world.run_until([&] { return pair.left.count("liveness_failed") == 1; }, seconds(31)));
    CHECK(pair.world.run_until([&] { return pair.up(); }));
}

TEST_CASE("no token but the peer's own for these SPIs ends an IKE SA") {
    Pair pair(1, with_secret());
    REQUIRE(pair.establish());
    const ike::IkeStatus sa = *pair.left.status().ike;
    const auto secret = with_secret().crash_secret;
    const auto invalid = ike::make_notify(NotifyType::kInvalidIkeSpi);
    const auto token = [&](Bytes octets) { return ike::make_notify(NotifyType::kQcdToken, std::move(octets)); };
    const Bytes right = ike::crash_token(*secret, sa.spi_i, sa.spi_r);
    Bytes flipped = right;
    flipped[15] ^= 1;
    const Bytes shorter(right.begin(), right.begin() + 15);
    const Bytes other = ike::crash_token(*secret, sa.spi_r, sa.spi_i);
    for (const Bytes& wrong : {flipped, shorter, other, Bytes(), Bytes(200)})
        pair.left.receive(kFromRight, with_notifies(answer_to(sa, 2), {invalid, token(wrong)}));
    // A token alone says nothing, and a request cannot show it.
    pair.left.receive(kFromRight, with_notifies(answer_to(sa, 2), {token(right)}));
    auto request = answer_to(sa, 2);
    request.is_response = false;
    pair.left.receive(kFromRight, with_notifies(request, {invalid, token(right)}));
    pair.world.run_for(seconds(1));
    CHECK(pair.left.count("peer_restarted") == 0);
    CHECK(pair.up());
    pair.left.receive(kFromRight, with_notifies(answer_to(sa, 2), {invalid, token(flipped), token(right)}));
    CHECK(pair.left.count("peer_restarted") == 1);
}

TEST_CASE("a live IKE SA's token is not shown, however it is asked for") {
    Pair pair(1, with_secret());
    REQUIRE(pair.establish());
    const ike::IkeStatus sa = *pair.right.status().ike;
    const Bytes own = ike::crash_token(*with_secret().crash_secret, sa.spi_i, sa.spi_r);
    std::vector<Bytes> shown;
    pair.world.network.filter = [&](const Packet& packet) {
        if (is_unprotected(packet)) shown.push_back(std::get<Bytes>(packet.content));
        return true;
    };
    const std::pair<ike::IkeSpi, ike::IkeSpi> spis[] = {
        {sa.spi_i, sa.spi_r}, {sa.spi_r, sa.spi_i}, {ike::IkeSpi{7}, sa.spi_r}, {sa.spi_i, ike::IkeSpi{7}}};
    for (const auto& [spi_i, spi_r] : spis) {
        for (const bool from_initiator : {true, false}) {
            auto request = answer_to(sa, 2);
            request.spi_i = spi_i;
            request.spi_r = spi_r;
            request.is_response = false;
            request.from_initiator = from_initiator;
            Bytes datagram = with_notifies(request, {ike::make_notify(NotifyType::kInvalidSpi, Bytes(40))});
            datagram[16] = static_cast<std::uint8_t>(ike::wire::PayloadType::kSk);
            pair.right.receive({{kRight, 500}, {kLeft, 500}}, datagram);
        }
    }
    // Of SPIs of which it has but one, or none, it says that it does not know them.
    for (const Bytes& answer : shown) {
        const auto said = parse(answer);
        REQUIRE(said);
        for (const auto& notify : said->notifies)
            CHECK(notify.data != own);
    }
    pair.world.run_for(seconds(1));
    CHECK(pair.up());
}

TEST_CASE("after a restart a thousand peers learn of it at once, whatever strangers send, and a flood gets no more") {
    Alone alone(with_secret());
    ScriptedPeer stranger(right_tunnel(), 1);
    Bytes request = stranger.init_request();
    for (std::uint64_t number = 1; number <= 100; ++number) {
        store_be(request.data(), number);
        alone.left.receive(kFromRight, request);
    }
    const auto question = [&](std::uint64_t peer) {
        ike::wire::Header header;
        header.spi_i = ike::IkeSpi{peer};
        header.spi_r = ike::IkeSpi{peer + 1};
        header.exchange = ExchangeType::kInformational;
        header.message_id = 9;
        Bytes datagram = with_notifies(header, {ike::make_notify(NotifyType::kInvalidSpi, Bytes(40))});
        datagram[16] = static_cast<std::uint8_t>(ike::wire::PayloadType::kSk);
        return datagram;
    };
    for (std::uint64_t peer = 1; peer <= 1000; ++peer) {
        const auto said = parse(alone.ask(question(2 * peer)));
        REQUIRE(said);
        const auto* token = said->find(NotifyType::kQcdToken);
        REQUIRE(token != nullptr);
        CHECK(token->data ==
              ike::crash_token(*with_secret().crash_secret, ike::IkeSpi{2 * peer}, ike::IkeSpi{2 * peer + 1}));
    }
    alone.sent.clear();
    for (std::uint64_t peer = 1001; peer <= 20'000; ++peer)
        alone.left.receive(kFromRight, question(2 * peer));
    CHECK(alone.sent.size() <= 1000);
}

TEST_CASE("what strangers say of SPIs makes no more than a few requests") {
    Pair pair(1, with_secret());
    REQUIRE(pair.establish());
    const auto child = current_children(pair.left).front();
    Bytes spi(4);
    store_be(spi.data(), dataplane::to_number(child.spi_out));
    ike::wire::Header header;
    header.exchange = ExchangeType::kInformational;
    header.from_initiator = true;
    header.spi_i = ike::IkeSpi{GENERATE(0ULL, 7ULL)};
    const auto before = pair.world.network.datagrams_sent;
    for (int i = 0; i < 1000; ++i) {
        pair.left.receive(kFromRight, with_notifies(header, {ike::make_notify(NotifyType::kInvalidSpi, spi)}));
        pair.world.run_for(milliseconds(10));
    }
    const auto caused = pair.world.network.datagrams_sent - before;
    CHECK(caused >= 2);
    CHECK(caused <= 2 * 20);
    CHECK(pair.up());
}

TEST_CASE("a CHILD_SA that only the other end still has is replaced") {
    Pair pair(1, with_secret());
    REQUIRE(pair.establish());
    pair.right.dataplane().lose_all();
    REQUIRE(pair.world.send_payload(pair.left));
    pair.world.run_for(seconds(2));
    CHECK(pair.left.count("lost_by_peer") == 1);
    CHECK(pair.left.status().state == ike::TunnelState::kEstablished);
    CHECK(pair.world.ping(pair.left, pair.right));
}

}  // namespace esplane::sim
