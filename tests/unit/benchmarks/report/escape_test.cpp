#include "benchmarks/report/escape.h"

#include <catch2/catch.hpp>

namespace esplane::bench::report {
namespace {

TEST_CASE("nothing of a text is HTML") {
    CHECK(escape_html("<b a=\"1\" c='2'>&amp;") == "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
    CHECK(escape_html(std::string_view("a\0b\nc\x1b", 6)) == "a b c ");
    CHECK(escape_html("µs, 64 octets") == "µs, 64 octets");
}

TEST_CASE("nothing of a text is Markdown") {
    CHECK(escape_markdown("a|b\nc") == "a\\|b c");
    CHECK(escape_markdown("*_`[x](y)<b>&#~$\\") == "\\*\\_\\`\\[x\\](y)\\<b\\>\\&\\#\\~\\$\\\\");
    CHECK(escape_markdown("aes256-sha256, +12.3 %") == "aes256-sha256, +12.3 %");
}

}  // namespace
}  // namespace esplane::bench::report
