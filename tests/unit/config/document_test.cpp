#include "config/document.h"

#include <catch2/catch.hpp>

namespace esplane::config {
namespace {

std::string first_problem(const std::string& yaml) {
    Problems problems;
    const NodePtr root = parse_document(yaml, problems);
    CHECK((root == nullptr) == !problems.empty());
    return problems.empty() ? "" : problems.in_order("f").front().to_string();
}

TEST_CASE("A document remembers where everything stood") {
    Problems problems;
    const NodePtr root = parse_document("a: 1\nb:\n  - x\n  - {c: \"y z\", c: ~}\n", problems);
    REQUIRE(root != nullptr);
    REQUIRE(root->kind == YamlNode::Kind::kMap);
    REQUIRE(root->entries.size() == 2);
    CHECK(root->entries[0].key == "a");
    CHECK(root->entries[0].key_place == Place{1, 1});
    CHECK(root->entries[0].value->scalar == "1");
    CHECK(root->entries[0].value->place == Place{1, 4});
    const YamlNode& list = *root->entries[1].value;
    REQUIRE(list.kind == YamlNode::Kind::kList);
    REQUIRE(list.items.size() == 2);
    CHECK(list.items[0]->place == Place{3, 5});
    const YamlNode& map = *list.items[1];
    REQUIRE(map.entries.size() == 2);  // the key is there twice, and is kept twice
    CHECK(map.entries[0].value->scalar == "y z");
    CHECK(map.entries[0].value->place == Place{4, 9});
    CHECK(map.entries[1].key_place == Place{4, 16});
    CHECK(map.entries[1].value->kind == YamlNode::Kind::kNull);
}

TEST_CASE("An alias is the same node as its anchor") {
    Problems problems;
    const NodePtr root = parse_document("a: &x {k: v}\nb: *x\nc: &x 7\nd: *x\n", problems);
    REQUIRE(root != nullptr);
    CHECK(root->entries[1].value == root->entries[0].value);
    CHECK(root->entries[3].value == root->entries[2].value);
}

TEST_CASE("Aliases count as what they stand for, so that they cannot explode") {
    std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 10; ++level) {
        const std::string alias = "*a" + std::to_string(level - 1);
        yaml += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
        for (int i = 0; i < 10; ++i)
            yaml += alias + (i < 9 ? ", " : "]\n");
    }
    CHECK(first_problem(yaml).find("the configuration is too large from here on") != std::string::npos);
}

TEST_CASE("Depth is bounded, whatever nests") {
    const auto nested = [](int depth, const std::string& open, const std::string& close) {
        std::string yaml;
        for (int i = 0; i < depth; ++i)
            yaml += open;
        for (int i = 0; i < depth; ++i)
            yaml += close;
        return yaml;
    };
    CHECK(first_problem(nested(static_cast<int>(kDeepest), "[", "]")).empty());
    const std::string too_deep = "f:1:17: this is nested too deeply";
    CHECK(first_problem(nested(static_cast<int>(kDeepest) + 1, "[", "]")) == too_deep);
    CHECK(first_problem(nested(100'000, "[", "]")) == too_deep);
    CHECK_FALSE(first_problem(nested(100'000, "{a: ", "}")).empty());
    CHECK_FALSE(first_problem(nested(100'000, "- ", "")).empty());
    CHECK_FALSE(first_problem(nested(100'000, "? ", "")).empty());
    CHECK_FALSE(first_problem(nested(100'000, "!!map ", "")).empty());
}

}  // namespace
}  // namespace esplane::config
