// How messages quote, list and suggest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace esplane::config {

/// 'text' for a message: what is not printable is escaped, and what is long is cut.
std::string quoted(std::string_view text);

/// "a, b, c"
std::string listed(const std::vector<std::string_view>& words);

/// The candidate that `word` is probably a slip of, by edit distance; empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// What to write instead of `word`: "; did you mean 'lifetime'? one of delay, lifetime" with "one of " as `lead`.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates, std::string_view lead);

}  // namespace esplane::config
