// What anyone may send, without any keys: nothing crashes, nothing stays behind, nothing is believed too early.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using std::chrono::seconds;

TEST_CASE("ten thousand junk requests leave nothing behind") {
    ike::Options options;
    options.cookie_threshold = 10;
    options.half_open_limit = 20;
    Alone alone(options);
    alone.listen();
    ScriptedPeer junk(right_tunnel(), 9);
    Bytes request = junk.init_request();
    for (int number = 0; number < 10'000; ++number) {
        store_be(request.data(), static_cast<std::uint64_t>(number + 1));  // SPI of another initiator each time
        alone.left.receive(kFromRight, request);
        if (number % 100 == 0) alone.world.run_for(milliseconds(1));
    }
    CHECK(alone.left.engine().counters().half_open == 10);
    CHECK(alone.left.engine().counters().ike_sas == 10);
    CHECK(alone.left.engine().counters().cookies_asked >= 9'000);
    alone.world.run_for(seconds(31));
    CHECK(alone.left.engine().counters().half_open == 0);
    CHECK(alone.left.engine().counters().ike_sas == 0);
    CHECK_FALSE(alone.left.engine().next_deadline().has_value());
}

TEST_CASE("with cookies brought back, half-open SAs stop at the limit") {
    ike::Options options;
    options.cookie_threshold = 0;
    options.half_open_limit = 5;
    Alone alone(options);
    alone.listen();
    for (std::uint64_t number = 0; number < 20; ++number) {
        ScriptedPeer peer(right_tunnel(), number + 1);
        const Bytes request = peer.init_request();
        const auto asked = parse(alone.ask(request));
        REQUIRE(has(asked, NotifyType::kCookie));
        auto payloads = parse(request).value();
        payloads.notifies.insert(payloads.notifies.begin(), *asked->find(NotifyType::kCookie));
        alone.left.receive(kFromRight, ike::wire::build_message(ike::wire::parse_header(request).value(), payloads));
    }
    CHECK(alone.left.engine().counters().half_open == 5);
    CHECK(alone.left.engine().counters().half_open_dropped == 15);
    alone.world.run_for(seconds(31));
    CHECK(alone.left.engine().counters().half_open == 0);
}

TEST_CASE("one source has a share of the half-open SAs, and others still get theirs") {
    ike::Options options;
    options.cookie_threshold = 1'000;
    options.half_open_of_source = 3;
    Alone alone(options);
    auto anybody = left_tunnel();
    anybody.local_address.reset();
    anybody.remote_address.reset();
    anybody.start = ike::StartMode::kListen;
    alone.left.command(ike::AddTunnel{anybody});
    ScriptedPeer peer(right_tunnel(), 1);
    Bytes request = peer.init_request();
    std::uint64_t spi = 0;
    const auto half_open_after = [&](const char* local, const char* source) {
        store_be(request.data(), ++spi);  // SPI of another initiator each time
        alone.left.receive({{IpAddress::parse(local).value(), 500}, {IpAddress::parse(source).value(), 500}}, request);
        return alone.left.engine().counters().half_open;
    };
    for (int number = 0; number < 5; ++number)
        half_open_after("192.0.2.1", "198.51.100.7");
    CHECK(alone.left.engine().counters().half_open == 3);
    CHECK(alone.left.engine().counters().half_open_dropped == 2);
    CHECK(half_open_after("192.0.2.1", "198.51.100.8") == 4);
    // Of IPv6 all addresses of a /64 are one source.
    CHECK(half_open_after("2001:db8::1", "2001:db8:7::1") == 5);
    CHECK(half_open_after("2001:db8::1", "2001:db8:7::2") == 6);
    CHECK(half_open_after("2001:db8::1", "2001:db8:7:0:ffff::3") == 7);
    CHECK(half_open_after("2001:db8::1", "2001:db8:7::4") == 7);
    CHECK(half_open_after("2001:db8::1", "2001:db8:7:1::1") == 8);
    // A share that is given back can be had again.
    alone.world.run_for(seconds(31));
    CHECK(alone.left.engine().counters().half_open == 0);
    CHECK(half_open_after("192.0.2.1", "198.51.100.7") == 1);
}

TEST_CASE("a refused peer gets the same refusal again, and counts as half-open until its time is up") {
    Alone alone;
    alone.listen();
    auto options = right_tunnel();
    options.psk = psk("wrong");
    ScriptedPeer peer(options, 1);
    REQUIRE(peer.take_init_response(alone.ask(peer.init_request())));
    const Bytes request = peer.seal(ExchangeType::kIkeAuth, false, 1, peer.auth_request());
    const Bytes answer = alone.ask(request);
    CHECK(has(peer.open(answer), NotifyType::kAuthenticationFailed));
    CHECK(alone.ask(request) == answer);
    CHECK(alone.left.engine().counters().half_open == 1);
    // Nothing more can be had from it.
    CHECK(alone.ask(peer.seal(ExchangeType::kIkeAuth, false, 2, peer.auth_request())).empty());
    CHECK(alone.ask(peer.seal(ExchangeType::kCreateChildSa, false, 2, peer.child_request())).empty());
    alone.world.run_for(seconds(31));
    CHECK(alone.left.engine().counters().half_open == 0);
    CHECK(alone.left.engine().counters().ike_sas == 0);
}

TEST_CASE("as initiator: cookies and groups are retried a bounded number of times") {
    Alone alone;
    auto options = left_tunnel();
    options.ike_proposals = ike_proposals({"aes256gcm16-prfsha256-x25519-ecp256-ecp384"});
    alone.left.command(ike::AddTunnel{options});
    alone.world.run_for(milliseconds(1));
    REQUIRE(alone.sent.size() == 1);
    Bytes request = alone.sent.back();

    SECTION("cookie after cookie") {
        int taken = 0;
        for (int round = 0; round < 20; ++round) {
            const Bytes cookie(64, static_cast<std::uint8_t>(round));
            const Bytes again = alone.ask(unprotected(request, with_notify(NotifyType::kCookie, cookie)));
            if (again.empty()) break;
            CHECK(parse(again)->find(NotifyType::kCookie)->data == cookie);
            CHECK(parse(again)->notifies.front().is(NotifyType::kCookie));
            request = again;
            ++taken;
        }
        CHECK(taken == 4);
    }
    SECTION("a cookie longer than 64 octets, or empty") {
        CHECK(alone.ask(unprotected(request, with_notify(NotifyType::kCookie, Bytes(65)))).empty());
        CHECK(alone.ask(unprotected(request, with_notify(NotifyType::kCookie, Bytes()))).empty());
    }
    SECTION("cookie, then another group, then a cookie again: nonce and SPI stay") {
        const Bytes second = alone.ask(unprotected(request, with_notify(NotifyType::kCookie, {1, 2, 3})));
        const Bytes third = alone.ask(unprotected(second, with_notify(NotifyType::kInvalidKePayload, {0, 19})));
        CHECK(parse(third)->find(NotifyType::kCookie)->data == Bytes{1, 2, 3});
        CHECK(parse(third)->ke->group == 19);
        CHECK(parse(third)->nonce == parse(request)->nonce);
        const Bytes fourth = alone.ask(unprotected(third, with_notify(NotifyType::kCookie, {4})));
        CHECK(parse(fourth)->find(NotifyType::kCookie)->data == Bytes{4});
        CHECK(parse(fourth)->ke->value == parse(third)->ke->value);
    }
    SECTION("group after group") {
        int taken = 0;
        for (int round = 0; round < 20; ++round) {
            const std::uint8_t group = round % 2 == 0 ? 19 : 31;
            const Bytes again = alone.ask(unprotected(request, with_notify(NotifyType::kInvalidKePayload, {0, group})));
            if (again.empty()) break;
            ++taken;
        }
        CHECK(taken == 3);
    }
    SECTION("a group that was not offered, known or not") {
        const std::uint8_t group = GENERATE(std::uint8_t{14}, std::uint8_t{2}, std::uint8_t{0}, std::uint8_t{200});
        CHECK(alone.ask(unprotected(request, with_notify(NotifyType::kInvalidKePayload, {0, group}))).empty());
        CHECK(alone.left.last_error().find("no_common_ike_proposal") == 0);
    }
}

TEST_CASE("as initiator: an answer that is not right is not believed, and the request goes on") {
    Alone alone;
    alone.left.command(ike::AddTunnel{left_tunnel()});
    alone.world.run_for(milliseconds(1));
    const Bytes request = alone.sent.back();
    ScriptedPeer peer(right_tunnel(), 1);
    const Bytes good = peer.init_response(request);
    auto payloads = parse(good).value();
    const auto forge = [&](const Payloads& forged) {
        return ike::wire::build_message(ike::wire::parse_header(good).value(), forged);
    };
    const int which = GENERATE(range(0, 8));
    if (which == 0) payloads.sa->front().transforms[0].key_bits = 128;
    if (which == 1) payloads.sa->push_back(payloads.sa->front());
    if (which == 2) payloads.ke->group = 19;
    if (which == 3) payloads.ke->value.assign(32, 0);
    if (which == 4) payloads.nonce = parse(request)->nonce;
    if (which == 5) payloads.ke.reset();
    if (which == 6) payloads.nonce.reset();
    if (which == 7) payloads.sa.reset();
    INFO("case " << which);
    CHECK(alone.ask(forge(payloads)).empty());
    // From another address, the right answer is none either.
    CHECK(alone.ask(good, {{kLeft, 500}, {kRightPublic, 500}}).empty());
    CHECK_FALSE(alone.ask(good).empty());
}

TEST_CASE("other major versions") {
    Alone alone;
    alone.listen();
    ScriptedPeer peer(right_tunnel(), 1);
    Bytes request = peer.init_request();
    request[17] = 0x30;
    CHECK(has(parse(alone.ask(request)), NotifyType::kInvalidMajorVersion));
    auto nobody = request;
    std::fill_n(nobody.begin(), 8, std::uint8_t{0});
    CHECK(alone.ask(nobody).empty());
    request[17] = 0x10;  // IKEv1 is not answered at all
    CHECK(alone.ask(request).empty());
    request[17] = 0x30;
    request[19] = 0x20;  // nor is a response
    CHECK(alone.ask(request).empty());
    CHECK(alone.left.engine().counters().wrong_version == 4);
}

TEST_CASE("answers to strangers are rate limited") {
    Alone alone;
    ScriptedPeer peer(right_tunnel(), 1);
    Bytes request = peer.init_request();
    for (int number = 0; number < 1000; ++number) {
        store_be(request.data(), static_cast<std::uint64_t>(number + 1));
        alone.left.receive(kFromRight, request);
    }
    CHECK(alone.sent.size() <= 21);
    CHECK(alone.left.happened.size() <= 21);
    CHECK(alone.left.engine().counters().strangers_refused == 1000);
}

TEST_CASE("our own messages, sent back to us") {
    Pair pair;
    std::vector<Bytes> sent;
    pair.world.network.filter = [&](const Packet& packet) {
        const auto* datagram = std::get_if<Bytes>(&packet.content);
        if (datagram != nullptr && packet.source.address == kLeft) sent.push_back(*datagram);
        return true;
    };
    REQUIRE(pair.establish());
    pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(seconds(8));
    for (const Bytes& datagram : sent)
        pair.left.receive({{kLeft, 500}, {kRight, 500}}, datagram);
    CHECK(pair.left.engine().counters().half_open == 0);
    CHECK(pair.up());
}

TEST_CASE("every datagram of a session, cut short or with one bit turned, changes nothing") {
    Pair pair;
    std::vector<std::pair<bool, Bytes>> seen;
    pair.world.network.filter = [&](const Packet& packet) {
        const auto* datagram = std::get_if<Bytes>(&packet.content);
        if (datagram != nullptr) seen.emplace_back(packet.source.address == kLeft, *datagram);
        return true;
    };
    REQUIRE(pair.establish());
    pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(seconds(8));
    const auto spies = seen;
    for (const auto& [from_left, datagram] : spies) {
        Node& target = from_left ? pair.right : pair.left;
        const Path path{{target.address, 500}, {from_left ? kLeft : kRight, 500}};
        for (std::size_t length = 0; length < datagram.size(); length += 7)
            target.receive(path, ByteView(datagram).first(length));
        for (std::size_t bit = 0; bit < datagram.size() * 8; bit += 11) {
            Bytes turned = datagram;
            turned[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
            target.receive(path, turned);
        }
    }
    pair.world.run_for(seconds(40));
    CHECK(pair.up());
    CHECK(pair.left.count("established") == 1);
    CHECK(pair.right.engine().counters().half_open == 0);
}

}  // namespace esplane::sim
