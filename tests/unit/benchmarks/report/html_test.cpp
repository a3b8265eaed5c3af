#include "benchmarks/report/html.h"

#include <catch2/catch.hpp>

#include "benchmarks/report/compose.h"
#include "benchmarks/report/svg.h"
#include "tests/unit/benchmarks/report/runs.h"

namespace esplane::bench::report {
namespace {

using test::occurrences;

bool holds(const std::string& text, const std::string& what) {
    return text.find(what) != std::string::npos;
}

TEST_CASE("the page fetches nothing and runs nothing") {
    const std::vector<Run> runs{parse_run("a.json", test::one_point("64", "250.0"))};
    const std::string page = to_html(compose(runs));
    CHECK(page.starts_with("<!DOCTYPE html>\n"));
    CHECK(holds(page, "prefers-color-scheme: dark"));
    for (const char* foreign : {"<script", "<link", "<img", "http:", "https:", "url(", "@import"}) {
        INFO(foreign);
        CHECK_FALSE(holds(page, foreign));
    }
    // Gbps, Mpps and the stages.
    CHECK(occurrences(page, "<svg ") == 3);
    CHECK(occurrences(page, "</svg>") == 3);
    CHECK(occurrences(page, "<table>") == occurrences(page, "</table>"));
}

TEST_CASE("what stands in a file is text on the page, wherever it comes to stand") {
    Run run = parse_run("a.json", test::one_point("64", "250.0"));
    const std::string evil = "<script>\"'&";
    run.name = run.machine[0].value = run.machine[0].name = evil;
    run.pipeline[0].suite = run.pipeline[0].direction = run.pipeline[0].size = run.pipeline[0].stages[0].stage = evil;
    const std::vector<Run> runs{run, parse_run("b.json", test::one_point("64", "200.0"))};
    const std::string page = to_html(compose(runs));
    CHECK_FALSE(holds(page, "<script"));
    CHECK_FALSE(holds(page, "\"'&"));
    CHECK(holds(page, "&lt;script&gt;&quot;&#39;&amp;"));
}

TEST_CASE("scaling is drawn where there is more than one number of tunnels") {
    const Run one = parse_run("a.json", test::one_point("64", "250.0"));
    const std::vector<Run> runs{test::joined(one, parse_run("a.json", test::one_point("64", "300.0", "1000")))};
    const std::string page = to_html(compose(runs));
    CHECK(holds(page, "encap, 64 octets, workers: 1: Mpps against tunnels"));
    CHECK_FALSE(holds(page, "against workers"));
    // Twice Gbps, Mpps and the stages; scaling of the only size.
    CHECK(occurrences(page, "<svg ") == 7);
}

TEST_CASE("a line has its points, its name, and a gap where nothing was measured") {
    const Chart chart{.title = "a chart",
                      .x_title = "octets",
                      .y_title = "Gbps",
                      .categories = {"64", "128", "256", "512"},
                      .series = {{.name = "one", .values = {1.0, 2.0, std::nullopt, 4.0}}}};
    const std::string svg = to_svg(chart);
    for (const char* text :
         {">a chart<", ">octets<", ">Gbps<", ">64<", ">512<", ">one<", "<title>one, 128: 2.00</title>"}) {
        INFO(text);
        CHECK(holds(svg, text));
    }
    CHECK(occurrences(svg, "<circle ") == 3);
    // From x 64 to 628, from y 290 up to 36, where the axis ends at 4: two points joined, the last by itself.
    CHECK(holds(svg, "d=\"M134.5 226.5L275.5 163.0M557.5 36.0\""));
    CHECK(occurrences(svg, "class=\"grid\"") == 5);
}

TEST_CASE("stages stand on top of each other") {
    const Chart chart{.form = Chart::Form::kStackedBars,
                      .categories = {"64"},
                      .series = {{.name = "fill", .values = {1.0}}, {.name = "seal", .values = {3.0}, .colour = 1}}};
    const std::string svg = to_svg(chart);
    CHECK(holds(svg, "<rect class=\"f0\" x=\"316.0\" y=\"226.5\" width=\"60.0\" height=\"63.5\">"));
    CHECK(holds(svg, "<rect class=\"f1\" x=\"316.0\" y=\"36.0\" width=\"60.0\" height=\"190.5\">"));
}

TEST_CASE("a logarithmic chart has no point for what is nothing") {
    const Chart chart{.categories = {"a", "b"}, .series = {{.name = "x", .values = {0.0, 10.0}}}, .logarithmic = true};
    CHECK(occurrences(to_svg(chart), "<circle ") == 1);
}

}  // namespace
}  // namespace esplane::bench::report
