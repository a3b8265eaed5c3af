#include "dataplane/packet/checksum.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"

namespace esplane::dataplane {
namespace {

std::uint16_t checksum_of(ByteView octets) {
    return checksum_finish(checksum_add(0, octets));
}

TEST_CASE("the example of RFC 1071 section 3") {
    CHECK(checksum_of(from_hex("0001f203f4f5f6f7")) == static_cast<std::uint16_t>(~0xddf2));
}

TEST_CASE("an odd last octet counts as if a zero followed") {
    CHECK(checksum_of(from_hex("0001f2")) == checksum_of(from_hex("0001f200")));
}

TEST_CASE("what holds its own checksum sums up to zero") {
    CHECK(checksum_of(from_hex("45000073000040004011b861c0a80001c0a800c7")) == 0);
}

TEST_CASE("every length and alignment against a sum of octets") {
    crypto::SeededRandom random(0xadd);
    const Bytes octets = random.bytes(2200);
    for (std::size_t length = 0; length <= 2100; length += length < 300 ? 1 : 37) {
        for (const std::size_t offset : {0U, 1U, 2U, 3U, 31U, 33U}) {
            const ByteView part = ByteView(octets).subspan(offset, length);
            std::uint64_t sum = 5;
            for (std::size_t i = 0; i < length; ++i)
                sum += i % 2 == 0 ? part[i] * 256U : part[i];
            const auto expected = static_cast<std::uint16_t>(sum % 0xffff);
            INFO("length " << length << ", offset " << offset);
            CHECK(checksum_fold(checksum_add(5, part)) % 0xffff == expected);
        }
    }
}

TEST_CASE("64 KiB of ones lose no carry") {
    const Bytes ones(65536, 0xff);
    CHECK(checksum_fold(checksum_add(0xffff, ones)) == 0xffff);
}

TEST_CASE("an updated checksum is the one computed anew") {
    crypto::SeededRandom random(0xc5);
    for (int round = 0; round < 100'000; ++round) {
        Bytes octets = random.bytes(2 * (1 + random.below(8)));
        // Words of all zeros and all ones are where one's complement has two zeros.
        if (round % 3 == 0)
            std::fill(octets.begin(), octets.end(), static_cast<std::uint8_t>(round % 2 == 0 ? 0 : 0xff));
        const std::uint16_t before_all = checksum_of(octets);
        const std::size_t at = 2 * random.below(octets.size() / 2);
        const auto before = load_be<std::uint16_t>(octets.data() + at);
        const std::uint16_t extremes[] = {0, 1, 0xffff, static_cast<std::uint16_t>(random.u32())};
        const std::uint16_t after = extremes[random.below(4)];
        store_be(octets.data() + at, after);
        INFO("round " << round << ": " << to_hex(octets));
        // +0 and -0 are the same number: a receiver accepts either.
        const auto same = [](std::uint16_t a, std::uint16_t b) { return a == b || (a ^ b) == 0xffff; };
        const std::uint16_t updated = checksum_update(before_all, before, after);
        const std::uint16_t anew = checksum_of(octets);
        if (anew == 0 || anew == 0xffff) {
            CHECK(same(updated, anew));
        } else {
            CHECK(updated == anew);
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
