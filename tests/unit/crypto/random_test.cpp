#include "crypto/random.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <type_traits>

#include "tests/unit/crypto/aborts.h"

namespace esplane::crypto {
namespace {

/// Yields the same octet for ever.
class StuckRandom final : public Random {
  public:
    explicit StuckRandom(std::uint8_t octet) : octet_(octet) {}
    void fill(MutableByteView out) override { std::fill(out.begin(), out.end(), octet_); }

  private:
    std::uint8_t octet_;
};

TEST_CASE("Seeded random numbers are those of SplitMix64, on every machine") {
    CHECK(to_hex(SeededRandom(0).bytes(32)) == "e220a8397b1dcdaf6e789e6aa1b965f406c45d188009454ff88bb8a8724c81ec");
    SeededRandom random(1234567);
    CHECK(random.u64() == 6457827717110365317);
    CHECK(random.u64() == 3203168211198807973);
    CHECK(random.u32() == 9817491932198370423U >> 32);
}

TEST_CASE("Seeded random numbers follow from the seed alone") {
    SeededRandom first(42);
    SeededRandom again(42);
    SeededRandom other(43);
    for (const std::size_t count : {0, 1, 7, 8, 9, 100}) {
        const Bytes octets = first.bytes(count);
        CHECK(octets.size() == count);
        CHECK(octets == again.bytes(count));
        if (count >= 7) CHECK(octets != other.bytes(count));
    }
}

TEST_CASE("The system's random numbers fill all that they are asked for") {
    SystemRandom random;
    // An octet that stays zero over 64 draws was not filled; by chance that happens once in 2^512.
    Bytes seen(100, 0);
    for (int draw = 0; draw < 64; ++draw) {
        const Bytes octets = random.bytes(seen.size());
        std::transform(seen.begin(), seen.end(), octets.begin(), seen.begin(), std::bit_or<>());
    }
    CHECK(std::count(seen.begin(), seen.end(), 0) == 0);
    CHECK(random.u64() != random.u64());
    CHECK(random.bytes(0).empty());
}

TEST_CASE("The system's random numbers never come twice, however they are asked for") {
    SystemRandom random;
    std::set<std::uint64_t> seen;
    std::size_t drawn = 0;
    const auto take = [&](ByteView octets) {
        for (; octets.size() >= 8; octets = octets.subspan(8), ++drawn)
            seen.insert(load_be<std::uint64_t>(octets.data()));
    };
    // Lengths that leave every rest of what is drawn ahead, and more than that at once. Two of some 16,000 numbers of
    // 64 bits are the same by chance once in 10^11.
    for (std::size_t length = 1; length <= 600; ++length)
        take(random.bytes(length));
    CHECK(seen.size() == drawn);
    CHECK(seen.count(0) == 0);
    static_assert(!std::is_copy_constructible_v<SystemRandom>);
}

TEST_CASE("Random numbers below a bound stay below it and spread evenly") {
    const std::uint64_t seed = 7;
    INFO("seed " << seed);
    SeededRandom random(seed);
    for (const std::uint64_t bound : {std::uint64_t(1), std::uint64_t(2), std::uint64_t(3), std::uint64_t(1) << 63,
                                      (std::uint64_t(1) << 63) + 1, std::numeric_limits<std::uint64_t>::max()}) {
        for (int draw = 0; draw < 100; ++draw) {
            CHECK(random.below(bound) < bound);
        }
    }
    std::array<int, 6> counts{};
    for (int draw = 0; draw < 60000; ++draw) {
        ++counts[random.below(counts.size())];
    }
    for (const int count : counts) {
        CHECK(count == Approx(10000).margin(500));  // more than five standard deviations
    }
    // Of a bound of 3 * 2^62 a plain remainder would yield the lower third twice as often as the others.
    const std::uint64_t third = std::uint64_t(1) << 62;
    int lower_third = 0;
    for (int draw = 0; draw < 30000; ++draw) {
        if (random.below(3 * third) < third) ++lower_third;
    }
    CHECK(lower_third == Approx(10000).margin(500));
}

TEST_CASE("A random number below nothing, or from a broken generator, ends the process") {
    CHECK(test::aborts([] { (void)SeededRandom(1).below(0); }));
    CHECK(test::aborts([] { (void)StuckRandom(0).below(3); }));
    CHECK(StuckRandom(0xff).below(10) == std::numeric_limits<std::uint64_t>::max() % 10);
}

}  // namespace
}  // namespace esplane::crypto
