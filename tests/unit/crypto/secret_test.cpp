#include "crypto/secret.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <type_traits>

#include "tests/unit/crypto/aborts.h"
#include "tests/unit/crypto/heap_watch.h"

namespace esplane::crypto {
namespace {

const Bytes kOctets{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);

Secret watched_secret() {
    Secret secret{ByteView(kOctets)};
    test::watch_block(secret.view().data(), secret.size());
    return secret;
}

TEST_CASE("A secret holds what it is made of") {
    CHECK(Secret().empty());
    CHECK(to_bytes(Secret(5).view()) == Bytes(5, 0));
    Secret secret{ByteView(kOctets)};
    CHECK(to_bytes(secret.view()) == kOctets);
    CHECK(to_bytes(secret.clone().view()) == kOctets);
    secret.writable()[0] = 99;
    CHECK(secret.view()[0] == 99);
}

TEST_CASE("A secret moves and leaves nothing behind") {
    Secret first{ByteView(kOctets)};
    Secret second(std::move(first));
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the claim
    CHECK(to_bytes(second.view()) == kOctets);
    Secret third(3);
    third = std::move(second);
    CHECK(second.empty());  // NOLINT(bugprone-use-after-move)
    CHECK(to_bytes(third.view()) == kOctets);
    Secret& same = third;
    third = std::move(same);
    CHECK(to_bytes(third.view()) == kOctets);
}

TEST_CASE("A slice of a secret is a copy and never reaches outside") {
    const Secret secret{ByteView(kOctets)};
    CHECK(to_bytes(secret.slice(3, 2).view()) == Bytes{4, 5});
    CHECK(secret.slice(16, 0).empty());
    CHECK(to_bytes(secret.slice(0, 16).view()) == kOctets);
    CHECK(test::aborts([&] { (void)secret.slice(0, 17); }));
    CHECK(test::aborts([&] { (void)secret.slice(17, 0); }));
    CHECK(test::aborts([&] { (void)secret.slice(8, std::size_t(0) - 4); }));
}

TEST_CASE("A secret is wiped before its memory is given back") {
    SECTION("when it ends") {
        { const Secret secret = watched_secret(); }
        CHECK(test::freed_as_zeros() == true);
    }
    SECTION("when another is moved over it") {
        {
            Secret secret = watched_secret();
            secret = Secret(4);
        }
        CHECK(test::freed_as_zeros() == true);
    }
    SECTION("where it has moved to") {
        {
            Secret secret = watched_secret();
            const Secret moved(std::move(secret));
        }
        CHECK(test::freed_as_zeros() == true);
    }
    SECTION("which this test would notice if it were not") {
        {
            const Bytes plain(kOctets);
            test::watch_block(plain.data(), plain.size());
        }
        CHECK(test::freed_as_zeros() == false);
    }
}

TEST_CASE("wipe overwrites in place") {
    Bytes memory(kOctets);
    wipe(MutableByteView(memory).subspan(4, 8));
    CHECK(memory == Bytes{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 13, 14, 15, 16});
    wipe({});
    Secret secret = watched_secret();
    const std::uint8_t* octets = secret.view().data();
    secret.wipe();
    CHECK(secret.empty());
    CHECK(test::freed_as_zeros() == std::nullopt);  // the block is still the secret's, so it may be looked at
    CHECK(std::all_of(octets, octets + kOctets.size(), [](std::uint8_t octet) { return octet == 0; }));
}

}  // namespace
}  // namespace esplane::crypto
