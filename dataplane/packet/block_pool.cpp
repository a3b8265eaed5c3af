#include "dataplane/packet/block_pool.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

/// Calls `piece(block, octet within it, octet within the span, count)` for each block that [at, at + length) touches.
template <typename Piece>
void for_each_block(std::size_t at, std::size_t length, Piece piece) {
    for (std::size_t done = 0; done < length;) {
        const std::size_t within = (at + done) % BlockPool::kBlock;
        const std::size_t count = std::min(BlockPool::kBlock - within, length - done);
        piece((at + done) / BlockPool::kBlock, within, done, count);
        done += count;
    }
}

}  // namespace

BlockPool::BlockPool(std::size_t memory_bytes)
    : memory_(std::max(memory_bytes, kLongest) / kBlock * kBlock), free_(memory_.size() / kBlock) {
    for (std::size_t i = 0; i < free_.size(); ++i)
        free_[i] = static_cast<std::uint32_t>(i);
}

bool BlockPool::reserve(Extent& extent, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin / kBlock; i * kBlock < end; ++i) {
        if (extent.blocks_[i] != kNone) continue;
        if (free_.empty()) return false;
        extent.blocks_[i] = free_.back();
        free_.pop_back();
    }
    return true;
}

void BlockPool::write(const Extent& extent, std::size_t at, ByteView data) {
    for_each_block(at, data.size(), [&](std::size_t block, std::size_t within, std::size_t done, std::size_t count) {
        std::copy_n(data.data() + done, count, memory_.data() + extent.blocks_[block] * kBlock + within);
    });
}

bool BlockPool::equals(const Extent& extent, std::size_t at, ByteView data) const {
    bool same = true;
    for_each_block(at, data.size(), [&](std::size_t block, std::size_t within, std::size_t done, std::size_t count) {
        const std::uint8_t* const there = memory_.data() + extent.blocks_[block] * kBlock + within;
        same = same && std::equal(there, there + count, data.data() + done);
    });
    return same;
}

void BlockPool::read(const Extent& extent, MutableByteView out) const {
    for_each_block(0, out.size(), [&](std::size_t block, std::size_t within, std::size_t done, std::size_t count) {
        std::copy_n(memory_.data() + extent.blocks_[block] * kBlock + within, count, out.data() + done);
    });
}

void BlockPool::release(Extent& extent) {
    for (std::uint32_t& block : extent.blocks_) {
        if (block != kNone) free_.push_back(block);
        block = kNone;
    }
}

}  // namespace esplane::dataplane
