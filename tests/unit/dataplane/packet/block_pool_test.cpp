#include "dataplane/packet/block_pool.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/random.h"

namespace esplane::dataplane {
namespace {

TEST_CASE("a pool holds at least one extent") {
    CHECK(BlockPool(0).free_blocks() == 32);
    CHECK(BlockPool(65537).free_blocks() == 32);
    CHECK(BlockPool(1 << 20).free_blocks() == 512);
}

TEST_CASE("blocks are taken where octets are, and given back") {
    BlockPool pool(0);
    BlockPool::Extent extent;
    CHECK(pool.reserve(extent, 0, 2048));
    CHECK(pool.free_blocks() == 31);
    CHECK(pool.reserve(extent, 100, 200));
    CHECK(pool.free_blocks() == 31);
    CHECK(pool.reserve(extent, 4095, 4097));
    CHECK(pool.free_blocks() == 29);
    CHECK(pool.reserve(extent, 65535, 65536));
    CHECK(pool.free_blocks() == 28);

    BlockPool::Extent other;
    CHECK_FALSE(pool.reserve(other, 0, 65536));
    CHECK(pool.free_blocks() == 0);
    CHECK(pool.reserve(extent, 65535, 65536));
    pool.release(extent);
    CHECK(pool.free_blocks() == 4);
    CHECK(pool.reserve(other, 0, 65536));
    pool.release(other);
    pool.release(other);
    CHECK(pool.free_blocks() == 32);
}

TEST_CASE("random writes to several extents, against arrays") {
    constexpr std::uint64_t kSeed = 0xb10c;
    crypto::SeededRandom random(kSeed);
    BlockPool pool(4 * BlockPool::kLongest);
    std::array<BlockPool::Extent, 4> extents;
    std::array<Bytes, 4> model;
    for (std::size_t i = 0; i < extents.size(); ++i) {
        REQUIRE(pool.reserve(extents[i], 0, BlockPool::kLongest));
        model[i] = random.bytes(BlockPool::kLongest);
        pool.write(extents[i], 0, model[i]);
    }
    for (int step = 0; step < 300; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        const std::size_t which = random.below(extents.size());
        const Bytes data = random.bytes(1 + random.below(5000));
        const std::size_t at = random.below(BlockPool::kLongest - data.size() + 1);
        pool.write(extents[which], at, data);
        std::copy(data.begin(), data.end(), model[which].begin() + static_cast<std::ptrdiff_t>(at));
        CHECK(pool.equals(extents[which], at, data));
        Bytes other = data;
        other[random.below(other.size())] ^= 1;
        CHECK_FALSE(pool.equals(extents[which], at, other));
    }
    for (std::size_t i = 0; i < extents.size(); ++i) {
        Bytes out(BlockPool::kLongest - i);
        pool.read(extents[i], out);
        CHECK(std::equal(out.begin(), out.end(), model[i].begin()));
    }
}

}  // namespace
}  // namespace esplane::dataplane
