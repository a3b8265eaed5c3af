#include "dataplane/sa/spi_table.h"

#include <catch2/catch.hpp>
#include <map>

#include "crypto/random.h"

namespace esplane::dataplane {
namespace {

/// Never looked at, only told apart.
ChildSa* child(std::uintptr_t number) {
    return reinterpret_cast<ChildSa*>(number * 64);
}

TEST_CASE("what was inserted is found, and nothing else") {
    SpiTable table;
    CHECK(table.find(Spi{256}) == nullptr);
    CHECK(table.insert(Spi{256}, child(1)));
    CHECK(table.insert(Spi{0xffffffff}, child(2)));
    CHECK(table.find(Spi{256}) == child(1));
    CHECK(table.find(Spi{0xffffffff}) == child(2));
    CHECK(table.find(Spi{257}) == nullptr);
    CHECK(table.find(Spi{0}) == nullptr);
}

TEST_CASE("a SPI that is there is not replaced") {
    SpiTable table;
    REQUIRE(table.insert(Spi{300}, child(1)));
    CHECK_FALSE(table.insert(Spi{300}, child(2)));
    CHECK(table.find(Spi{300}) == child(1));
    table.erase(Spi{300});
    CHECK(table.insert(Spi{300}, child(2)));
    CHECK(table.find(Spi{300}) == child(2));
}

TEST_CASE("erasing what is not there changes nothing") {
    SpiTable table;
    REQUIRE(table.insert(Spi{300}, child(1)));
    table.erase(Spi{301});
    CHECK(table.find(Spi{300}) == child(1));
}

TEST_CASE("random inserts and erases, against a map") {
    // Few SPIs, so that they collide and gaps close; many, so that it grows.
    for (const std::uint32_t spis : {48U, 5000U}) {
        const std::uint64_t seed = 0x5b1 + spis;
        crypto::SeededRandom random(seed);
        SpiTable table;
        std::map<Spi, ChildSa*> model;
        for (int step = 0; step < 60'000; ++step) {
            const Spi spi{256 + static_cast<std::uint32_t>(random.below(spis)) * 0x10001U};
            if (random.below(2) == 0) {
                ChildSa* const made = child(1 + random.below(1000));
                REQUIRE(table.insert(spi, made) == model.emplace(spi, made).second);
            } else {
                table.erase(spi);
                model.erase(spi);
            }
            const Spi looked_up{256 + static_cast<std::uint32_t>(random.below(spis)) * 0x10001U};
            const auto known = model.find(looked_up);
            INFO("seed " << seed << ", step " << step);
            REQUIRE(table.find(looked_up) == (known == model.end() ? nullptr : known->second));
        }
        for (const auto& [spi, expected] : model)
            CHECK(table.find(spi) == expected);
    }
}

}  // namespace
}  // namespace esplane::dataplane
