// Memory for datagrams of which nobody knows how long they get: blocks, all allocated beforehand, taken where octets
// arrive.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "crypto/bytes.h"

namespace esplane::dataplane {

class BlockPool {
  public:
    static constexpr std::size_t kBlock = 2048;
    static constexpr std::size_t kLongest = 65536;  ///< octets of an extent

    /// Up to kLongest octets with holes, octet n at its place in block n / kBlock. Owns nothing: to be released.
    class Extent {
      public:
        Extent() { blocks_.fill(kNone); }

      private:
        friend class BlockPool;
        std::array<std::uint32_t, kLongest / kBlock> blocks_;
    };

    /// `memory_bytes` is rounded down to blocks, but is at least one extent.
    explicit BlockPool(std::size_t memory_bytes);

    std::size_t free_blocks() const { return free_.size(); }
    /// Makes [begin, end) writable. False when there are too few blocks; the extent keeps what it got.
    bool reserve(Extent& extent, std::size_t begin, std::size_t end);
    /// These work on octets that were reserved.
    void write(const Extent& extent, std::size_t at, ByteView data);
    bool equals(const Extent& extent, std::size_t at, ByteView data) const;
    void read(const Extent& extent, MutableByteView out) const;
    void release(Extent& extent);

  private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    Bytes memory_;
    std::vector<std::uint32_t> free_;  // its capacity is that of all blocks
};

}  // namespace esplane::dataplane
