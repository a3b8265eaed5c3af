#include "benchmarks/pipeline/mix.h"

#include <algorithm>
#include <charconv>

namespace esplane::bench {

std::uint32_t Mix::longest() const {
    return *std::max_element(pattern.begin(), pattern.end());
}

double Mix::mean_length(std::size_t count) const {
    double octets = 0;
    for (std::size_t i = 0; i < count; ++i)
        octets += length(i);
    return octets / static_cast<double>(count);
}

std::optional<Mix> parse_mix(std::string_view text) {
    if (text == "imix") return Mix{"imix", {kImix.begin(), kImix.end()}};
    std::uint32_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (length < kShortestPacket || length > kLongestPacket) return std::nullopt;
    return Mix{std::to_string(length), {length}};
}

}  // namespace esplane::bench
