#include "ike/core/cookie.h"

#include <catch2/catch.hpp>

namespace esplane::ike {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::chrono::steady_clock::time_point kStart{std::chrono::hours(1)};
const IpAddress kPeer = *IpAddress::parse("192.0.2.7");
const Bytes kNonce(16, 0x61);
constexpr IkeSpi kSpi{0x1234};

TEST_CASE("A cookie is taken back from the same initiator only") {
    crypto::SeededRandom random(1);
    CookieJar jar(random, kStart);
    const Bytes cookie = jar.bake(kStart, kNonce, kPeer, kSpi);
    CHECK(cookie.size() >= 1);
    CHECK(cookie.size() <= 64);  // RFC 7296 2.6
    CHECK(jar.is_ours(kStart, cookie, kNonce, kPeer, kSpi));
    CHECK(jar.is_ours(kStart, cookie, kNonce, kPeer, kSpi));  // a retransmission

    CHECK_FALSE(jar.is_ours(kStart, cookie, Bytes(16, 0x62), kPeer, kSpi));
    CHECK_FALSE(jar.is_ours(kStart, cookie, Bytes(17, 0x61), kPeer, kSpi));
    CHECK_FALSE(jar.is_ours(kStart, cookie, kNonce, *IpAddress::parse("192.0.2.8"), kSpi));
    CHECK_FALSE(jar.is_ours(kStart, cookie, kNonce, *IpAddress::parse("2001:db8::7"), kSpi));
    CHECK_FALSE(jar.is_ours(kStart, cookie, kNonce, kPeer, IkeSpi{0x1235}));
}

TEST_CASE("Every changed bit and every other length of a cookie is refused") {
    crypto::SeededRandom random(2);
    CookieJar jar(random, kStart);
    const Bytes cookie = jar.bake(kStart, kNonce, kPeer, kSpi);
    for (std::size_t at = 0; at < cookie.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            Bytes changed = cookie;
            changed[at] ^= static_cast<std::uint8_t>(1 << bit);
            CHECK_FALSE(jar.is_ours(kStart, changed, kNonce, kPeer, kSpi));
        }
    }
    for (std::size_t length = 0; length < cookie.size(); ++length) {
        CHECK_FALSE(jar.is_ours(kStart, ByteView(cookie).first(length), kNonce, kPeer, kSpi));
    }
    Bytes longer = cookie;
    longer.push_back(0);
    CHECK_FALSE(jar.is_ours(kStart, longer, kNonce, kPeer, kSpi));
}

TEST_CASE("The address cannot be moved into the nonce") {
    // A cookie for nonce | 12 octets and an IPv4 address must not serve a shorter nonce and an IPv6 address that ends
    // in the same octets.
    crypto::SeededRandom random(3);
    CookieJar jar(random, kStart);
    const Bytes ipv6 = from_hex("20010db800000000 00000000c0000207");
    Bytes nonce = kNonce;
    append(nonce, ByteView(ipv6).first(12));
    const Bytes cookie = jar.bake(kStart, nonce, kPeer, kSpi);
    CHECK_FALSE(jar.is_ours(kStart, cookie, kNonce, *IpAddress::from_octets(ipv6), kSpi));
}

TEST_CASE("A cookie lives through one change of the secret, not through two") {
    struct Case {
        milliseconds age;
        bool is_ours;
    };
    // The secret changes at the first call 60 s after it was drawn; this cookie was baked with a fresh one.
    const Case cases[] = {
        {milliseconds(0), true}, {seconds(59), true},   {milliseconds(59'999), true},
        {seconds(60), true},     {seconds(61), true},   {milliseconds(119'999), true},
        {seconds(120), false},   {seconds(121), false}, {std::chrono::hours(10), false},
    };
    for (const Case& each : cases) {
        INFO("age " << each.age.count() << " ms");
        crypto::SeededRandom random(4);
        CookieJar jar(random, kStart);
        const Bytes cookie = jar.bake(kStart, kNonce, kPeer, kSpi);
        CHECK(jar.is_ours(kStart + each.age, cookie, kNonce, kPeer, kSpi) == each.is_ours);
    }
}

TEST_CASE("Calls in between make no cookie live longer than two minutes") {
    crypto::SeededRandom random(5);
    CookieJar jar(random, kStart);
    const Bytes cookie = jar.bake(kStart + seconds(30), kNonce, kPeer, kSpi);
    for (int second = 30; second <= 400; ++second) {
        const bool is_ours = jar.is_ours(kStart + seconds(second), cookie, kNonce, kPeer, kSpi);
        INFO("at " << second << " s");
        CHECK(is_ours == (second < 120));
    }
}

TEST_CASE("The version octet wraps, and no old version comes back to life") {
    crypto::SeededRandom random(6);
    CookieJar jar(random, kStart);
    const Bytes first = jar.bake(kStart, kNonce, kPeer, kSpi);
    auto now = kStart;
    for (int minute = 1; minute <= 600; ++minute) {
        now += seconds(60);
        const Bytes cookie = jar.bake(now, kNonce, kPeer, kSpi);
        CHECK(jar.is_ours(now, cookie, kNonce, kPeer, kSpi));
        CHECK(jar.is_ours(now, first, kNonce, kPeer, kSpi) == (minute == 1));
    }
}

TEST_CASE("Jars with other secrets do not take each other's cookies") {
    crypto::SeededRandom random(7);
    CookieJar ours(random, kStart);
    CookieJar other(random, kStart);
    CHECK_FALSE(other.is_ours(kStart, ours.bake(kStart, kNonce, kPeer, kSpi), kNonce, kPeer, kSpi));
}

}  // namespace
}  // namespace esplane::ike
