#include "config/wording.h"

#include <catch2/catch.hpp>

namespace esplane::config {
namespace {

TEST_CASE("The nearest word is what was probably meant, and nothing when none is near") {
    const std::vector<std::string_view> words = {"proposals", "lifetime", "rekey_margin", "mode", "esn"};
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"lifetme", "lifetime"},
        {"liftime", "lifetime"},
        {"lifetimes", "lifetime"},
        {"ilfetime", "lifetime"},
        {"proposal", "proposals"},
        {"rekeymargin", "rekey_margin"},
        {"moed", "mode"},
        {"nse", ""},
        {"es", "esn"},
        {"x", ""},
        {"", ""},
        {"margin", ""},
        {"warn", ""},
        {"prop", "proposals"},
        {"life", "lifetime"},
        {std::string(81, 'l'), ""},
    };
    for (const auto& [word, expected] : cases) {
        INFO(word);
        CHECK(nearest(word, words) == expected);
    }
}

TEST_CASE("Quotes show no control characters and no end") {
    CHECK(quoted("a b") == "'a b'");
    CHECK(quoted(std::string("\x1b[0m\n\0", 6)) == "'\\x1b[0m\\x0a\\x00'");
    CHECK(quoted("\xc3\xa4\x7f") == "'\\xc3\\xa4\\x7f'");
    CHECK(quoted(std::string(80, 'a')) == "'" + std::string(80, 'a') + "'");
    CHECK(quoted(std::string(81, 'a')) == "'" + std::string(80, 'a') + "...'");
}

TEST_CASE("A suggestion lists what is accepted") {
    CHECK(suggestion("moed", {"mode", "esn"}, "one of ") == "; did you mean 'mode'? one of mode, esn");
    CHECK(suggestion("zzz", {"mode", "esn"}, "one of ") == "; one of mode, esn");
}

}  // namespace
}  // namespace esplane::config
