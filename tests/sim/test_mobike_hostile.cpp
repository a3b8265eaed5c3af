// Peers that say where they are (RFC 4555) and lie about it, or say too much.

#include <catch2/catch.hpp>

#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using std::chrono::seconds;

namespace {

const IpAddress kSecond = IpAddress::v4(0xc0000265);     // 192.0.2.101
const IpAddress kForwarder = IpAddress::v4(0xcb007105);  // 203.0.113.5

/// An engine that listens, and a peer that has begun the tunnel, knows MOBIKE and keeps no rule of it.
struct Liar : Alone {
    Liar() {
        listen();
        peer.seen = Path{{kRight, 500}, {kLeft, 500}};
        REQUIRE(peer.take_init_response(ask(peer.init_request())));
        Payloads auth = peer.auth_request();
        auth.notifies.push_back(ike::make_notify(NotifyType::kMobikeSupported));
        const auto answer = peer.open(ask(peer.seal(ExchangeType::kIkeAuth, false, next++, auth)));
        REQUIRE(answer);
        REQUIRE(has(answer, NotifyType::kMobikeSupported));
    }
    std::optional<Payloads> say(const Payloads& payloads, const Path& path = kFromRight) {
        sent.clear();
        left.receive(path, peer.seal(ExchangeType::kInformational, false, next++, payloads));
        world.run_for(milliseconds(1));
        return sent.empty() ? std::nullopt : peer.open(sent.front());
    }
    void answer_check(const Payloads& payloads) {
        left.receive(kFromSecond, peer.seal(ExchangeType::kInformational, true, 0, payloads));
        world.run_for(milliseconds(1));
    }
    /// What the data plane does with the packets of the tunnel.
    Path outbound() const { return left.dataplane().outbound(dataplane::TunnelId{1})->options.outer; }

    static inline const Path kFromSecond{{kLeft, 4500}, {kSecond, 4500}};
    ScriptedPeer peer{right_tunnel(), 1};
    std::uint32_t next = 1;
};

}  // namespace

TEST_CASE("a peer that echoes another COOKIE2, or none, loses its IKE SA") {
    Liar liar;
    const auto answer = liar.say(with_notify(NotifyType::kUpdateSaAddresses), Liar::kFromSecond);
    REQUIRE(answer);
    REQUIRE(liar.sent.size() == 2);
    const auto check = liar.peer.open(liar.sent[1]);
    REQUIRE(has(check, NotifyType::kCookie2));
    CHECK(liar.outbound().remote.address == kRight);
    SECTION("the right one moves ESP") {
        liar.answer_check(with_notify(NotifyType::kCookie2, check->find(NotifyType::kCookie2)->data));
        CHECK(liar.outbound().remote.address == kSecond);
    }
    SECTION("another") {
        Bytes cookie = check->find(NotifyType::kCookie2)->data;
        cookie.back() ^= 1;
        liar.answer_check(with_notify(NotifyType::kCookie2, cookie));
        CHECK(current_children(liar.left).empty());
    }
    SECTION("none") {
        liar.answer_check({});
        CHECK(current_children(liar.left).empty());
    }
    SECTION("a cookie that went to a place which it has left since proves nothing") {
        // It hears this one here, and then claims to be where it cannot hear.
        liar.say(with_notify(NotifyType::kUpdateSaAddresses), {{kLeft, 4500}, {kForwarder, 4500}});
        liar.say(with_notify(NotifyType::kUpdateSaAddresses), Liar::kFromSecond);
        liar.answer_check(with_notify(NotifyType::kCookie2, check->find(NotifyType::kCookie2)->data));
        CHECK(liar.outbound().remote.address == kRight);
    }
}

TEST_CASE("COOKIE2 is echoed as long as it may be") {
    Liar liar;
    const std::size_t length = GENERATE(0, 7, 8, 64, 65, 1000);
    CAPTURE(length);
    const Bytes cookie(length, 0x5a);
    const auto answer = liar.say(with_notify(NotifyType::kCookie2, cookie));
    REQUIRE(answer);
    REQUIRE(has(answer, NotifyType::kCookie2) == (length >= 8 && length <= 64));
    if (const auto* echo = answer->find(NotifyType::kCookie2)) CHECK(echo->data == cookie);
}

TEST_CASE("a flood of updates makes one check at a time") {
    Liar liar;
    for (std::uint16_t port = 1000; port < 2000; ++port)
        liar.say(with_notify(NotifyType::kUpdateSaAddresses), {{kLeft, 4500}, {kSecond, port}});
    CHECK(liar.outbound().remote.address == kRight);
    CHECK(liar.left.count("peer_moved") == 0);
    CHECK(liar.left.engine().counters().timers <= 6);
    liar.world.run_for(seconds(200));
    CHECK(liar.left.engine().counters().ike_sas == 0);
}

TEST_CASE("additional addresses change nothing, and more than a message may have are refused") {
    Liar liar;
    const std::size_t count = GENERATE(60, 1000);
    Payloads payloads;
    for (std::size_t i = 0; i < count / 2; ++i) {
        payloads.notifies.push_back(ike::make_notify(NotifyType::kAdditionalIp4Address, Bytes(4, 1)));
        payloads.notifies.push_back(ike::make_notify(NotifyType::kAdditionalIp6Address, Bytes(16, 2)));
    }
    const auto answer = liar.say(payloads);
    REQUIRE(answer);
    REQUIRE(has(answer, NotifyType::kInvalidSyntax) == (count > 64));
    if (count > 64) return;
    CHECK(answer->notifies.empty());
    CHECK(current_children(liar.left).size() == 1);
    CHECK(liar.outbound().remote.address == kRight);
}

TEST_CASE("NO_NATS_ALLOWED where the addresses are others refuses the move") {
    Liar liar;
    Payloads update = with_notify(NotifyType::kUpdateSaAddresses);
    Bytes ends{192, 0, 2, 101, 192, 0, 2, 1, 0x11, 0x94, 0x11, 0x94};
    SECTION("as sent") {
        update.notifies.push_back(ike::make_notify(NotifyType::kNoNatsAllowed, ends));
        CHECK_FALSE(has(liar.say(update, Liar::kFromSecond), NotifyType::kUnexpectedNatDetected));
        CHECK(liar.left.status().peer == Endpoint{kSecond, 4500});
    }
    SECTION("rewritten") {
        ends[3] = 102;
        update.notifies.push_back(ike::make_notify(NotifyType::kNoNatsAllowed, ends));
        CHECK(has(liar.say(update, Liar::kFromSecond), NotifyType::kUnexpectedNatDetected));
        CHECK(liar.left.status().peer == Endpoint{kRight, 500});
    }
}

TEST_CASE("an update without MOBIKE is ignored") {
    Alone alone;
    alone.listen();
    ScriptedPeer peer(right_tunnel(), 1);
    REQUIRE(alone.connect(peer));
    const Path elsewhere{{kLeft, 4500}, {kSecond, 4500}};
    const auto answer = peer.open(alone.ask(
        peer.seal(ExchangeType::kInformational, false, 2, with_notify(NotifyType::kUpdateSaAddresses)), elsewhere));
    REQUIRE(answer);
    CHECK(answer->notifies.empty());
    CHECK(alone.left.status().peer == Endpoint{kRight, 500});
}

}  // namespace esplane::sim
