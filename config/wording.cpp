#include "config/wording.h"

#include <algorithm>
#include <cstdio>

namespace esplane::config {
namespace {

constexpr std::size_t kLongestQuote = 80;

/// Edits that turn `a` into `b`: insertions, deletions, replacements and swaps of neighbours, each counted as one.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text.substr(0, kLongestQuote)) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet < 0x7f) {
            result += c;
            continue;
        }
        char escaped[5];
        std::snprintf(escaped, sizeof escaped, "\\x%02x", octet);
        result += escaped;
    }
    if (text.size() > kLongestQuote) result += "...";
    return result + "'";
}

std::string listed(const std::vector<std::string_view>& words) {
    std::string result;
    for (const std::string_view word : words) {
        if (!result.empty()) result += ", ";
        result += word;
    }
    return result;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
    std::string_view best;
    if (word.size() > kLongestQuote) return best;
    const std::size_t allowed = word.size() <= 3 ? 1 : std::max<std::size_t>(2, word.size() / 3);
    std::size_t least = allowed + 1;
    for (const std::string_view candidate : candidates) {
        const bool shortened = word.size() >= 3 && candidate.starts_with(word);
        const std::size_t distance = shortened ? 1 : edit_distance(word, candidate);
        if (distance >= least || distance >= candidate.size()) continue;
        least = distance;
        best = candidate;
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates, std::string_view lead) {
    const std::string_view best = nearest(word, candidates);
    const std::string guess = best.empty() ? "" : "did you mean " + quoted(best) + "? ";
    return "; " + guess + std::string(lead) + listed(candidates);
}

}  // namespace esplane::config
