// The text of a configuration file before YAML is made of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/problems.h"

namespace esplane::config {

inline constexpr std::size_t kLargestFile = 16U << 20;

/// Brackets, braces and commas. The YAML scanner holds the tokens of a whole bracketed text in memory at once, hundreds
/// of octets for each of these.
inline constexpr std::size_t kMostIndicators = 2'000'000;

struct Flaw {
    Place place;
    std::string message;
};

/// The first octet that a text file in UTF-8 does not have, or that is one too many. The YAML scanner must not see
/// those: it takes 0x04 for the end of the file and guesses UTF-16 from a zero, and would load a part of the
/// configuration without a word.
std::optional<Flaw> find_flaw(std::string_view text);

}  // namespace esplane::config
