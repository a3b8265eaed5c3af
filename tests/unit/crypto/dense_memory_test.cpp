#include "crypto/dense_memory.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include "crypto/random.h"

namespace esplane {
namespace {

TEST_CASE("dense memory is in whole cache lines that nobody else has") {
    const std::uint64_t seed = 0xde45e;
    crypto::SeededRandom random(seed);
    struct Block {
        std::size_t bytes;
        std::uint8_t filled;
    };
    std::map<std::uint8_t*, Block> blocks;
    for (int step = 0; step < 20'000; ++step) {
        INFO("seed " << seed << ", step " << step);
        if (random.below(3) > 0) {
            const std::size_t bytes = 1 + random.below(random.below(20) == 0 ? DenseMemory::kLargest : 1200);
            auto* const begin = static_cast<std::uint8_t*>(DenseMemory::allocate(bytes));
            REQUIRE(reinterpret_cast<std::uintptr_t>(begin) % 64 == 0);
            const auto filled = static_cast<std::uint8_t>(step);
            std::memset(begin, filled, bytes);
            REQUIRE(blocks.emplace(begin, Block{bytes, filled}).second);
        } else if (!blocks.empty()) {
            const auto any =
                std::next(blocks.begin(), static_cast<std::ptrdiff_t>(random.below(blocks.size() % 64 + 1)));
            if (any == blocks.end()) continue;
            const Block block = any->second;
            REQUIRE(any->first[0] == block.filled);
            REQUIRE(any->first[block.bytes - 1] == block.filled);
            DenseMemory::release(any->first, block.bytes);
            blocks.erase(any);
        }
    }
    for (const auto& [begin, block] : blocks) {
        REQUIRE(begin[block.bytes / 2] == block.filled);
        DenseMemory::release(begin, block.bytes);
    }
}

TEST_CASE("dense memory that was given back is the next of its size") {
    void* const first = DenseMemory::allocate(1000);
    DenseMemory::release(first, 1000);
    void* const other = DenseMemory::allocate(200);
    CHECK(other != first);
    void* const again = DenseMemory::allocate(1024);  // as many lines
    CHECK(again == first);
    DenseMemory::release(other, 200);
    DenseMemory::release(again, 1024);
}

TEST_CASE("there is no dense memory for what is large; an array has pages of its own") {
    CHECK_THROWS_AS(DenseMemory::allocate(DenseMemory::kLargest + 1), std::bad_alloc);
    std::vector<std::uint64_t, DenseAllocator<std::uint64_t>> array;
    for (std::uint64_t i = 0; i < 1'000'000; ++i)
        array.push_back(i);
    for (std::uint64_t i = 0; i < array.size(); ++i)
        REQUIRE(array[i] == i);
    CHECK(reinterpret_cast<std::uintptr_t>(array.data()) % (2 << 20) == 0);
}

}  // namespace
}  // namespace esplane
