#include "gateway/control/protocol.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "crypto/random.h"

namespace esplane::gateway::control {
namespace {

TEST_CASE("requests survive the way") {
    const Request requests[] = {
        {Verb::kStatus, "", false},   {Verb::kStatus, "net", false},
        {Verb::kUp, "net", false},    {Verb::kDown, "a \"quoted\"\n name", false},
        {Verb::kRekey, "net", false}, {Verb::kRekey, "net", true},
    };
    for (const Request& request : requests) {
        std::string line = build_request(request);
        REQUIRE(line.back() == '\n');
        line.pop_back();
        REQUIRE(line.find('\n') == std::string::npos);
        const auto parsed = parse_request(line);
        REQUIRE(parsed.ok());
        CHECK(*parsed == request);
    }
}

TEST_CASE("what is not a request is refused with a reason") {
    const std::pair<std::string, const char*> rows[] = {
        {"", "JSON object"},
        {"status", "JSON object"},
        {"[]", "JSON object"},
        {"\"up\"", "JSON object"},
        {R"({"command":"status")", "JSON object"},
        {R"({"command":"status"} {})", "JSON object"},
        {"{}", "\"command\""},
        {R"({"command":1})", "\"command\""},
        {R"({"command":"stop"})", "\"command\""},
        {R"({"command":"up"})", "\"tunnel\" must name"},
        {R"({"command":"up","tunnel":""})", "\"tunnel\" must name"},
        {R"({"command":"up","tunnel":7})", "accepted are"},
        {R"({"command":"up","tunnel":"net","ike":true})", "accepted are"},
        {R"({"command":"rekey","tunnel":"net","ike":1})", "accepted are"},
        {R"({"command":"up","tunnel":"net","more":1})", "accepted are"},
        {"{\"command\":\"up\",\"tunnel\":\"\xff\"}", "JSON object"},
        {std::string(kLongestRequest, '['), "JSON object"},
        {std::string(kLongestRequest, '{'), "JSON object"},
    };
    for (const auto& [line, reason] : rows) {
        CAPTURE(line.substr(0, 80));
        const auto parsed = parse_request(line);
        REQUIRE_FALSE(parsed.ok());
        CHECK_THAT(parsed.error(), Catch::Contains(reason));
    }
}

TEST_CASE("a deeply nested request is refused without harm") {
    const std::size_t depth = kLongestRequest / 2;
    const auto parsed = parse_request(std::string(depth, '[') + std::string(depth, ']'));
    CHECK_FALSE(parsed.ok());
}

TEST_CASE("mutated requests never crash the parser") {
    const std::uint64_t seed = Catch::rngSeed();
    CAPTURE(seed);
    crypto::SeededRandom random(seed);
    const std::string good = build_request({Verb::kRekey, "net", true});
    for (int round = 0; round < 20000; ++round) {
        std::string line = good.substr(0, random.below(good.size()) + 1);
        for (std::uint64_t changes = random.below(4); changes > 0; --changes) {
            line[random.below(line.size())] = static_cast<char>(random.below(256));
        }
        if (const auto parsed = parse_request(line)) {
            REQUIRE((parsed->verb == Verb::kStatus || !parsed->tunnel.empty()));
        }
    }
}

TEST_CASE("a reply is one line of JSON whatever a peer said") {
    const std::string line = build_reply({false, "wrong_identity", "the peer is \"\xff\xfe\"\nand more"});
    REQUIRE(line.find('\n') == line.size() - 1);
    const auto json = nlohmann::json::parse(line);
    CHECK(json["ok"] == false);
    CHECK(json["code"] == "wrong_identity");
    CHECK_THAT(json["message"].get<std::string>(), Catch::EndsWith("\nand more"));
}

}  // namespace
}  // namespace esplane::gateway::control
