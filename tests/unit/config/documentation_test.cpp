// What the documentation shows is what loads.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::problems_of;

std::string read(const std::string& name) {
    std::ifstream file(std::string(ESPLANE_SOURCE_ROOT) + '/' + name);
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string with_psk_inline(std::string yaml) {
    const std::size_t begin = yaml.find("psk_file: ");
    REQUIRE(begin != std::string::npos);
    return yaml.replace(begin, yaml.find('}', begin) - begin, "psk: secret");
}

std::vector<std::string> yaml_blocks(const std::string& text) {
    const std::string fence = "```yaml\n";
    std::vector<std::string> blocks;
    for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
        at += fence.size();
        const std::size_t end = text.find("```", at);
        REQUIRE(end != std::string::npos);
        blocks.push_back(text.substr(at, end - at));
    }
    return blocks;
}

TEST_CASE("The examples load") {
    for (const char* name : {"examples/site-to-site.yaml", "examples/road-warriors.yaml", "examples/dpdk.yaml"}) {
        INFO(name);
        CHECK(problems_of(with_psk_inline(read(name))).empty());
    }
}

TEST_CASE("The configurations of the reference load, and its full one says the defaults") {
    const std::vector<std::string> blocks = yaml_blocks(read("docs/configuration.md"));
    REQUIRE(blocks.size() > 2);
    ::setenv("SITE_B_PSK", "secret", 1);
    for (const std::string& block : blocks)
        CHECK(problems_of(block).empty());

    std::string little = blocks[1];
    const std::size_t auth = little.find("    ike:\n");
    REQUIRE(auth != std::string::npos);
    little.resize(auth);
    const auto full_loaded = load_text(blocks[1], "f", "");
    const auto little_loaded = load_text(little, "f", "");
    ::unsetenv("SITE_B_PSK");
    REQUIRE(full_loaded);
    REQUIRE(little_loaded);
    CHECK(full_loaded.value().tunnels[0].fingerprint == little_loaded.value().tunnels[0].fingerprint);
}

}  // namespace
}  // namespace esplane::config
