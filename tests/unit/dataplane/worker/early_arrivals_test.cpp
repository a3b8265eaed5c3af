#include "dataplane/worker/early_arrivals.h"

#include <catch2/catch.hpp>
#include <memory>

#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::Drops;

constexpr std::int64_t kMillisecond = 1'000'000;

/// An early arrival of a SPI, told apart by its sequence number.
Bytes packet(std::uint32_t spi, std::uint32_t number, std::size_t length = 60) {
    Bytes octets = test::filler(length);
    store_be(octets.data(), spi);
    store_be(octets.data() + 4, number);
    return octets;
}

class Waiting {
  public:
    bool keep(Bytes octets, std::int64_t now) {
        // The backend's memory is reused as soon as the burst is over.
        const bool kept = early_->keep({.octets = octets, .encapsulation = Encapsulation::kUdp}, now, drops_);
        std::fill(octets.begin(), octets.end(), std::uint8_t{0xdd});
        return kept;
    }
    std::vector<std::uint32_t> claim(std::uint32_t spi) {
        std::array<Received, kBurst> out;
        const std::size_t count = early_->claim(Spi{spi}, out);
        std::vector<std::uint32_t> numbers;
        for (std::size_t i = 0; i < count; ++i) {
            CHECK(load_be<std::uint32_t>(out[i].octets.data()) == spi);
            CHECK(out[i].encapsulation == Encapsulation::kUdp);
            numbers.push_back(load_be<std::uint32_t>(out[i].octets.data() + 4));
        }
        return numbers;
    }
    /// The SPIs of those that have waited in vain.
    std::vector<std::uint32_t> expire(std::int64_t now) {
        std::vector<std::uint32_t> unknown;
        early_->expire(now, drops_, [&](const Received& received) {
            unknown.push_back(load_be<std::uint32_t>(received.octets.data()));
        });
        return unknown;
    }
    bool empty() const { return early_->empty(); }
    Drops drops() const { return test::drops_of(drops_); }

  private:
    std::unique_ptr<EarlyArrivals> early_ = std::make_unique<EarlyArrivals>();
    DropCounters drops_;
};

TEST_CASE("packets wait for their own SA, in order, and are given once") {
    Waiting waiting;
    CHECK(waiting.empty());
    for (std::uint32_t i = 0; i < 6; ++i)
        CHECK(waiting.keep(packet(i % 2 == 0 ? 500 : 600, i), kMillisecond));
    CHECK_FALSE(waiting.empty());
    CHECK(waiting.claim(500) == std::vector<std::uint32_t>{0, 2, 4});
    CHECK(waiting.claim(500).empty());
    CHECK(waiting.claim(700).empty());
    CHECK(waiting.claim(600) == std::vector<std::uint32_t>{1, 3, 5});
    waiting.expire(2 * kMillisecond);
    CHECK(waiting.empty());
    CHECK(waiting.drops().empty());
}

TEST_CASE("what waited too long is counted as of an unknown SPI, once") {
    Waiting waiting;
    CHECK(waiting.keep(packet(500, 1), 0));
    CHECK(waiting.keep(packet(500, 2), 50 * kMillisecond));
    CHECK(waiting.keep(packet(600, 3), 60 * kMillisecond));
    CHECK(waiting.expire(EarlyArrivals::kPatience - 1).empty());
    CHECK(waiting.drops().empty());
    CHECK(waiting.expire(EarlyArrivals::kPatience) == std::vector<std::uint32_t>{500});
    CHECK(waiting.drops() == Drops{{"unknown_spi", 1}});
    CHECK(waiting.claim(500) == std::vector<std::uint32_t>{2});
    CHECK(waiting.claim(600) == std::vector<std::uint32_t>{3});
    CHECK(waiting.expire(EarlyArrivals::kPatience * 2).empty());
    CHECK(waiting.empty());
    CHECK(waiting.drops() == Drops{{"unknown_spi", 1}});
}

TEST_CASE("a flood is bounded: the oldest give way, and each is counted once") {
    Waiting waiting;
    constexpr std::uint32_t kFlood = 1000;
    for (std::uint32_t i = 0; i < kFlood; ++i)
        CHECK(waiting.keep(packet(500, i), kMillisecond));
    CHECK(waiting.drops() == Drops{{"unknown_spi", kFlood - EarlyArrivals::kMost}});
    const auto left = waiting.claim(500);
    REQUIRE(left.size() == EarlyArrivals::kMost);
    CHECK(left.front() == kFlood - EarlyArrivals::kMost);
    CHECK(left.back() == kFlood - 1);
    waiting.expire(EarlyArrivals::kPatience * 2);
    CHECK(waiting.drops() == Drops{{"unknown_spi", kFlood - EarlyArrivals::kMost}});
}

TEST_CASE("what is too long does not wait") {
    Waiting waiting;
    CHECK(waiting.keep(packet(500, 1, EarlyArrivals::kLongest), 0));
    CHECK_FALSE(waiting.keep(packet(500, 2, EarlyArrivals::kLongest + 1), 0));
    CHECK(waiting.claim(500) == std::vector<std::uint32_t>{1});
}

}  // namespace
}  // namespace esplane::dataplane
