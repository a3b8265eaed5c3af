// Which octets of a datagram have arrived: ranges in order, none of which touches another's octets.
#pragma once

#include <array>
#include <cstdint>

namespace esplane::dataplane {

class FragmentRanges {
  public:
    static constexpr std::size_t kMost = 64;  ///< enough for 64 KiB at IPv6's least MTU

    enum class Fit : std::uint8_t {
        kApart,      ///< new octets only
        kSame,       ///< exactly a range that is there; whether its octets are the same is the caller's to see
        kOverlap,    ///< some octets are there
        kBeyondEnd,  ///< contradicts what is known of the datagram's end
        kFull,       ///< one range too many
    };

    /// How [begin, end) fits, `begin` < `end` <= 65535; `last` for the fragment that has none behind it.
    Fit fit(std::uint32_t begin, std::uint32_t end, bool last) const;

    /// Only for what is kApart.
    void insert(std::uint32_t begin, std::uint32_t end, bool last);

    bool complete() const { return ended_ && octets_ == end_; }
    /// Of the whole datagram's data; 0 until its end is known.
    std::uint32_t length() const { return ended_ ? end_ : 0; }
    std::uint32_t count() const { return count_; }

  private:
    struct Range {
        std::uint16_t begin;
        std::uint16_t end;
    };
    bool contradicts_end(std::uint32_t end, bool last) const;
    std::size_t first_reaching_beyond(std::uint32_t begin) const;

    std::array<Range, kMost> ranges_;
    std::uint32_t count_ = 0;
    std::uint32_t octets_ = 0;
    std::uint32_t end_ = 0;  // the highest octet seen, plus one; final once ended_
    bool ended_ = false;
};

}  // namespace esplane::dataplane
