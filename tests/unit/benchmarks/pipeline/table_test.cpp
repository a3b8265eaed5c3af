#include "benchmarks/pipeline/table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

namespace esplane::bench {
namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

TEST_CASE("each figure stands under its title, with what a batch gains at the end") {
    const std::vector<PipelineResult> results{{.direction = "encap",
                                               .suite = "aes256-sha256",
                                               .size = "1000",
                                               .mean_length = 1000,
                                               .tunnels = 1,
                                               .cycles_per_packet = 250,
                                               .stages = {{"policy_lookup", 50}, {"seal", 200}},
                                               .singly_cycles = 875,
                                               .raw_cipher_cycles = 125,
                                               .tsc_hz = 2.5e9}};
    std::istringstream text(table(results));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    REQUIRE(lines.size() == 4);
    CHECK(lines[1] == "encap aes256-sha256, 1 tunnel");
    CHECK(words_of(lines[2]) == std::vector<std::string>{"octets", "policy_lookup", "seal", "|", "all", "cipher",
                                                         "ratio", "Mpps", "Gbps", "|", "singly", "gain"});
    CHECK(words_of(lines[3]) == std::vector<std::string>{"1000", "50.0", "200.0", "|", "250.0", "125.0", "2.00",
                                                         "10.00", "80.0", "|", "875.0", "3.50"});
    CHECK(lines[2].size() == lines[3].size());
}

TEST_CASE("a table says how many workers there are, and what many tunnels take of memory") {
    struct Case {
        std::uint32_t tunnels;
        std::uint32_t workers;
        const char* title;
    };
    for (const Case& each :
         {Case{1, 1, "decap s, 1 tunnel\n"}, Case{2, 3, "decap s, 2 tunnels for each of 3 workers\n"},
          Case{1000, 1, "decap s, 1000 tunnels, 2100 octets of memory each\n"}}) {
        const std::vector<PipelineResult> results{{.direction = "decap",
                                                   .suite = "s",
                                                   .size = "64",
                                                   .tunnels = each.tunnels,
                                                   .workers = each.workers,
                                                   .memory_bytes = 2100}};
        CHECK(table(results).find(each.title) != std::string::npos);
    }
}

TEST_CASE("no results are no table") {
    CHECK(table({}).empty());
}

}  // namespace
}  // namespace esplane::bench
