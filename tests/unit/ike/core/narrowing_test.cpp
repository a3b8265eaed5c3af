#include "ike/core/narrowing.h"

#include <catch2/catch.hpp>
#include <set>

#include "crypto/random.h"
#include "ike/wire/caps.h"

namespace esplane::ike {
namespace {

using dataplane::SelectorPair;
using dataplane::TrafficSelector;
using Selectors = std::vector<TrafficSelector>;

TrafficSelector net(std::string_view prefix) {
    return TrafficSelector::from_prefix(*Prefix::parse(prefix));
}

TrafficSelector range(std::string_view first, std::string_view last) {
    return {.first = *IpAddress::parse(first), .last = *IpAddress::parse(last)};
}

TrafficSelector with_ports(TrafficSelector selector, std::uint8_t protocol, std::uint16_t first, std::uint16_t last) {
    selector.protocol = protocol;
    selector.first_port = first;
    selector.last_port = last;
    return selector;
}

const Selectors kRemote{net("172.16.0.0/16")};

/// What remains on our side, when the peer's side is the same for both.
std::optional<Selectors> narrow_local(const Selectors& configured, const Selectors& offered) {
    const auto result = narrow({configured, kRemote}, {offered, 0}, {kRemote, 0});
    if (!result) return std::nullopt;
    CHECK(result->remote == kRemote);
    return result->local;
}

TEST_CASE("What remains is what both sides allow") {
    struct Case {
        std::string_view name;
        Selectors configured;
        Selectors offered;
        Selectors expected;  // empty: nothing
    };
    const auto https = with_ports(net("10.0.0.0/8"), 6, 443, 443);
    const Case cases[] = {
        {"the same", {net("10.0.0.0/16")}, {net("10.0.0.0/16")}, {net("10.0.0.0/16")}},
        {"everything offered", {net("10.0.0.0/16")}, {net("0.0.0.0/0")}, {net("10.0.0.0/16")}},
        {"everything configured", {net("0.0.0.0/0")}, {net("10.0.0.0/16")}, {net("10.0.0.0/16")}},
        {"overlap", {range("10.0.0.0", "10.0.0.9")}, {range("10.0.0.5", "10.0.0.20")}, {range("10.0.0.5", "10.0.0.9")}},
        {"touching in one address",
         {range("10.0.0.0", "10.0.0.9")},
         {range("10.0.0.9", "10.0.0.20")},
         {net("10.0.0.9/32")}},
        {"apart", {range("10.0.0.0", "10.0.0.9")}, {range("10.0.0.10", "10.0.0.20")}, {}},
        {"another family", {net("10.0.0.0/8")}, {net("::/0")}, {}},
        {"ports", {net("10.1.0.0/16")}, {https}, {with_ports(net("10.1.0.0/16"), 6, 443, 443)}},
        {"ports apart", {with_ports(net("10.0.0.0/8"), 6, 80, 80)}, {https}, {}},
        {"another protocol", {with_ports(net("10.0.0.0/8"), 17, 0, 65535)}, {https}, {}},
        {"nothing offered", {net("10.0.0.0/8")}, {}, {}},
        {"nothing configured", {}, {net("10.0.0.0/8")}, {}},
        {"the packet that wanted it, in front of its network",
         {net("10.0.0.0/16")},
         {with_ports(net("10.0.0.7/32"), 6, 80, 80), net("10.0.0.0/16")},
         {net("10.0.0.0/16")}},
        {"the same twice",
         {net("10.0.0.0/16"), net("10.0.0.0/16")},
         {net("10.0.0.0/16"), net("10.0.0.0/16")},
         {net("10.0.0.0/16")}},
        {"order of the offer",
         {net("10.1.0.0/16"), net("10.2.0.0/16"), net("10.3.0.0/16")},
         {net("10.3.0.0/16"), net("10.1.0.0/16")},
         {net("10.3.0.0/16"), net("10.1.0.0/16")}},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const auto remaining = narrow_local(each.configured, each.offered);
        REQUIRE(remaining.has_value() == !each.expected.empty());
        if (remaining) CHECK(*remaining == each.expected);
    }
}

TEST_CASE("Our side and the peer's are narrowed apart, and nothing on one side is nothing at all") {
    const SelectorPair configured{{net("10.0.0.0/16")}, {net("172.16.0.0/16")}};
    const auto result = narrow(configured, {{net("10.0.1.0/24")}, 0}, {{net("0.0.0.0/0")}, 0});
    CHECK(result == SelectorPair{{net("10.0.1.0/24")}, {net("172.16.0.0/16")}});
    CHECK_FALSE(narrow(configured, {{net("10.0.1.0/24")}, 0}, {{net("192.168.0.0/16")}, 0}).has_value());
    CHECK_FALSE(narrow(configured, {{net("192.168.0.0/16")}, 0}, {{net("0.0.0.0/0")}, 0}).has_value());
    CHECK_FALSE(narrow(configured, {{}, 3}, {{net("0.0.0.0/0")}, 0}).has_value());
}

TEST_CASE("A family that only one side has left is dropped") {
    const SelectorPair configured{{net("10.0.0.0/16"), net("2001:db8:1::/48")},
                                  {net("172.16.0.0/16"), net("2001:db8:2::/48")}};
    const wire::TrafficSelectors all{{net("0.0.0.0/0"), net("::/0")}, 0};
    CHECK(narrow(configured, all, all) == configured);
    CHECK(narrow(configured, all, {{net("0.0.0.0/0")}, 0}) ==
          SelectorPair{{net("10.0.0.0/16")}, {net("172.16.0.0/16")}});
    CHECK_FALSE(narrow(configured, {{net("::/0")}, 0}, {{net("0.0.0.0/0")}, 0}).has_value());
}

TEST_CASE("The result fits into a TS payload, however much both sides list") {
    Selectors many;
    for (std::uint32_t i = 0; i < 300; ++i) {
        many.push_back({.first = IpAddress::v4(0x0a000000 + 2 * i), .last = IpAddress::v4(0x0a000000 + 2 * i)});
    }
    const auto remaining = narrow_local(many, many);
    REQUIRE(remaining.has_value());
    CHECK(remaining->size() == wire::kMaxSelectors);
    CHECK(remaining->front() == many.front());
}

// --- against a model of every (address, protocol, port) there is, in a small world ---

constexpr std::uint32_t kAddresses = 12;
constexpr std::uint8_t kProtocols = 3;  // 0 in a selector is any, so packets have 1 and 2
constexpr std::uint16_t kPorts = 5;

using World = std::set<std::tuple<std::uint32_t, std::uint8_t, std::uint16_t>>;

World allowed_by(const Selectors& selectors) {
    World world;
    for (const TrafficSelector& selector : selectors) {
        for (std::uint32_t address = 0; address < kAddresses; ++address) {
            const auto ip = IpAddress::v4(0x0a000000 + address);
            if (ip < selector.first || selector.last < ip) continue;
            for (std::uint8_t protocol = 1; protocol < kProtocols; ++protocol) {
                if (selector.protocol != 0 && selector.protocol != protocol) continue;
                for (std::uint16_t port = 0; port < kPorts; ++port) {
                    if (port >= selector.first_port && port <= selector.last_port)
                        world.emplace(address, protocol, port);
                }
            }
        }
    }
    return world;
}

World both(const World& a, const World& b) {
    World common;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(common, common.end()));
    return common;
}

Selectors random_selectors(crypto::Random& random) {
    Selectors selectors;
    for (std::uint64_t count = 1 + random.below(4); count > 0; --count) {
        auto first = static_cast<std::uint32_t>(random.below(kAddresses));
        auto last = static_cast<std::uint32_t>(random.below(kAddresses));
        auto first_port = static_cast<std::uint16_t>(random.below(kPorts));
        auto last_port = static_cast<std::uint16_t>(random.below(kPorts));
        if (last < first) std::swap(first, last);
        if (last_port < first_port) std::swap(first_port, last_port);
        selectors.push_back({.first = IpAddress::v4(0x0a000000 + first),
                             .last = IpAddress::v4(0x0a000000 + last),
                             .protocol = static_cast<std::uint8_t>(random.below(kProtocols)),
                             .first_port = first_port,
                             .last_port = last_port});
    }
    return selectors;
}

TEST_CASE("Narrowing agrees with a model that tries every packet") {
    const std::uint64_t seed = 20;
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    std::size_t nothing = 0;
    for (int round = 0; round < 2000; ++round) {
        INFO("round " << round);
        const SelectorPair configured{random_selectors(random), random_selectors(random)};
        const SelectorPair offered{random_selectors(random), random_selectors(random)};
        const World local = both(allowed_by(configured.local), allowed_by(offered.local));
        const World remote = both(allowed_by(configured.remote), allowed_by(offered.remote));
        const auto result = narrow(configured, {offered.local, 0}, {offered.remote, 0});
        REQUIRE(result.has_value() == (!local.empty() && !remote.empty()));
        if (!result) {
            ++nothing;
            continue;
        }
        CHECK(allowed_by(result->local) == local);
        CHECK(allowed_by(result->remote) == remote);
        for (const Selectors* side : {&result->local, &result->remote}) {
            for (const auto& a : *side) {
                for (const auto& b : *side) {
                    CHECK((&a == &b || !a.contains(b)));
                }
            }
        }
        // What a responder answers, the initiator of that offer accepts.
        CHECK(within_offer(offered, *result));
    }
    CHECK(nothing > 20);
    CHECK(nothing < 1000);
}

TEST_CASE("An answer must lie within the offer, on both sides, and hold something") {
    const SelectorPair offer{{net("10.0.0.0/16"), net("10.9.0.0/16")}, {net("172.16.0.0/12")}};
    struct Case {
        std::string_view name;
        SelectorPair answer;
        bool is_within;
    };
    const Case cases[] = {
        {"the same", offer, true},
        {"narrower", {{net("10.9.1.0/24")}, {net("172.17.0.0/16")}}, true},
        {"narrower in ports", {{net("10.0.0.0/16")}, {with_ports(net("172.16.0.0/12"), 6, 443, 443)}}, true},
        {"wider", {{net("10.0.0.0/8")}, {net("172.16.0.0/12")}}, false},
        {"wider by one address", {{range("10.0.0.0", "10.1.0.0")}, {net("172.16.0.0/12")}}, false},
        {"elsewhere", {{net("10.0.0.0/16")}, {net("192.168.0.0/16")}}, false},
        {"one good, one not", {{net("10.0.0.0/16"), net("11.0.0.0/16")}, {net("172.16.0.0/12")}}, false},
        {"empty on our side", {{}, {net("172.16.0.0/12")}}, false},
        {"empty on the peer's", {{net("10.0.0.0/16")}, {}}, false},
        {"sides swapped", {offer.remote, offer.local}, false},
        {"another family", {{net("2001:db8::/32")}, {net("172.16.0.0/12")}}, false},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        CHECK(within_offer(offer, each.answer) == each.is_within);
    }
}

}  // namespace
}  // namespace esplane::ike
