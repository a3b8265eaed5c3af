#include "ike/core/fragments.h"

#include <catch2/catch.hpp>
#include <map>

#include "crypto/random.h"

namespace esplane::ike {
namespace {

wire::Fragment fragment(std::uint16_t number, std::uint16_t total, Bytes text = {1, 2, 3}) {
    const auto first = number == 1 ? wire::PayloadType::kIdi : wire::PayloadType::kNone;
    return {number, total, first, std::move(text)};
}

TEST_CASE("Fragments that come in any order, and more than once, make the message") {
    const std::uint64_t seed = 31;
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    Fragments fragments;
    for (std::uint32_t message = 0; message < 300; ++message) {
        const auto total = static_cast<std::uint16_t>(1 + random.below(12));
        std::map<std::uint16_t, Bytes> sent;
        Bytes whole;
        for (std::uint16_t number = 1; number <= total; ++number) {
            sent[number] = random.bytes(random.below(40));
            append(whole, sent[number]);
        }
        std::map<std::uint16_t, bool> arrived;
        while (arrived.size() < total) {
            REQUIRE_FALSE(fragments.are_complete());
            const auto number = static_cast<std::uint16_t>(1 + random.below(total));
            CHECK(fragments.add(message, fragment(number, total, sent[number])) == !arrived[number]);
            arrived[number] = true;
        }
        REQUIRE(fragments.are_complete());
        const wire::Fragment joined = fragments.join();
        CHECK(joined.text == whole);
        CHECK(joined.first_payload == wire::PayloadType::kIdi);
        CHECK_FALSE(fragments.are_complete());
    }
}

TEST_CASE("A message cut into more pieces takes the place of the same one in fewer, never the other way round") {
    Fragments fragments;
    CHECK(fragments.add(1, fragment(1, 3)));
    CHECK(fragments.add(1, fragment(2, 3)));
    CHECK(fragments.add(1, fragment(4, 4)));
    CHECK_FALSE(fragments.add(1, fragment(3, 3)));
    CHECK(fragments.add(1, fragment(1, 4)));
    CHECK(fragments.add(1, fragment(2, 4)));
    CHECK_FALSE(fragments.are_complete());
    CHECK(fragments.add(1, fragment(3, 4)));
    CHECK(fragments.are_complete());
}

TEST_CASE("Fragments of an older message do not stand in the way of the next") {
    Fragments fragments;
    CHECK(fragments.add(1, fragment(1, 5, {9})));
    CHECK(fragments.add(1, fragment(3, 5, {9})));
    CHECK(fragments.add(2, fragment(2, 2, {8})));
    CHECK(fragments.add(2, fragment(1, 2, {7})));
    REQUIRE(fragments.are_complete());
    CHECK(fragments.join().text == Bytes{7, 8});
}

TEST_CASE("What a peer can make us keep is bounded, by number and by octets") {
    Fragments fragments;
    CHECK_FALSE(fragments.add(1, fragment(1, kMostFragments + 1)));
    CHECK_FALSE(fragments.add(1, fragment(65535, 65535)));
    std::size_t kept = 0;
    for (std::uint16_t number = 1; number <= kMostFragments; ++number) {
        if (fragments.add(2, fragment(number, kMostFragments, Bytes(1000)))) ++kept;
    }
    CHECK(kept == kLongestFragmented / 1000);
    CHECK_FALSE(fragments.are_complete());
}

TEST_CASE("What several keep together is bounded, and given back by each when it is done") {
    FragmentAllowance allowance(10);
    {
        Fragments first;
        Fragments second;
        CHECK(first.add(1, fragment(1, 2, Bytes(6)), &allowance));
        CHECK_FALSE(second.add(1, fragment(1, 2, Bytes(5)), &allowance));
        CHECK(second.add(1, fragment(1, 2, Bytes(4)), &allowance));
        CHECK(allowance.left() == 0);
        CHECK_FALSE(first.add(1, fragment(1, 2, Bytes(1)), &allowance));
        CHECK_FALSE(first.add(1, fragment(2, 2, Bytes(1)), &allowance));
        second.forget();
        CHECK(allowance.left() == 4);
        CHECK(first.add(1, fragment(2, 2, Bytes(3)), &allowance));
        CHECK(first.join().text.size() == 9);
        CHECK(allowance.left() == 10);
        CHECK(first.add(2, fragment(1, 3, Bytes(2)), &allowance));
        CHECK(first.add(3, fragment(1, 3, Bytes(3)), &allowance));
        CHECK(allowance.left() == 7);
        const Fragments moved = std::move(first);
        CHECK(allowance.left() == 7);
    }
    CHECK(allowance.left() == 10);
}

}  // namespace
}  // namespace esplane::ike
