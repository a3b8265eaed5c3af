// The lengths of inner packets in a batch: all the same, or the Internet's mixture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace esplane::bench {

inline constexpr std::uint32_t kShortestPacket = 40;  // IPv4 and TCP headers
inline constexpr std::uint32_t kLongestPacket = 9000;

/// Seven small packets, four of 576 octets, one large: the simple IMIX, with the large one such that its ESP packet
/// fits an Ethernet frame. In an order of which any part is about as mixed as the whole.
inline constexpr std::array<std::uint32_t, 12> kImix{64, 576, 64, 64, 576, 64, 1420, 64, 576, 64, 576, 64};

struct Mix {
    std::string name;                    ///< "64", "imix"
    std::vector<std::uint32_t> pattern;  ///< octets, repeated through the batch; never empty

    std::uint32_t length(std::size_t index) const { return pattern[index % pattern.size()]; }
    bool is_uniform() const { return pattern.size() == 1; }
    std::uint32_t longest() const;
    /// Of the first `count` packets.
    double mean_length(std::size_t count) const;
    /// Of IP packets, so many millions of them a second.
    double gbps(double mpps) const { return mpps * mean_length(pattern.size()) * 8 / 1e3; }
};

/// "imix", or a length from kShortestPacket to kLongestPacket. Empty on anything else.
std::optional<Mix> parse_mix(std::string_view text);

}  // namespace esplane::bench
