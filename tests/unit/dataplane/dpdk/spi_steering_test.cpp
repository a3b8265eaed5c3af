#include "dataplane/dpdk/spi_steering.h"

#include <catch2/catch.hpp>
#include <functional>

#include "tests/unit/dataplane/dpdk/ring_ports.h"

namespace esplane::dataplane {
namespace {

/// What a driver looks at in a rule.
struct Seen {
    bool v4 = false;
    bool udp = false;
    bool looks_at_fragments = false;
    std::size_t queue = 0;
};

Seen seen_in(const SteeringRule& rule) {
    Seen seen;
    for (const rte_flow_item* item = rule.pattern(); item->type != RTE_FLOW_ITEM_TYPE_END; ++item) {
        seen.v4 = seen.v4 || item->type == RTE_FLOW_ITEM_TYPE_IPV4;
        seen.udp = seen.udp || item->type == RTE_FLOW_ITEM_TYPE_UDP;
        seen.looks_at_fragments = seen.looks_at_fragments || (item->type == RTE_FLOW_ITEM_TYPE_IPV4 && item->mask);
    }
    seen.queue = static_cast<const rte_flow_action_queue*>(rule.actions()[0].conf)->index;
    return seen;
}

/// A driver that has rules for what `knows` says true of, and room for so many.
struct FakeDriver {
    std::function<bool(const Seen&)> knows;
    std::size_t room = 1000;
    std::vector<Seen> rules;

    bool takes(const SteeringRule& rule) const { return knows(seen_in(rule)); }
    bool add(const SteeringRule& rule) {
        if (!takes(rule) || rules.size() == room) return false;
        rules.push_back(seen_in(rule));
        return true;
    }
    void remove(std::size_t count) { rules.resize(rules.size() - count); }
};

std::vector<std::string> steered(FakeDriver& driver, std::size_t workers) {
    std::vector<std::string> names;
    for (const EspBehind& behind : steer_esp(driver, workers, {}))
        names.push_back(to_string(behind));
    return names;
}

using Names = std::vector<std::string>;

TEST_CASE("a device that knows ESP gets a rule for each way and worker") {
    FakeDriver driver{.knows = [](const Seen&) { return true; }};
    CHECK(steered(driver, 3) == Names{"esp/ipv4", "esp/ipv6", "esp/udp/ipv4", "esp/udp/ipv6"});
    REQUIRE(driver.rules.size() == 12);
    for (std::size_t i = 0; i < 12; ++i)
        CHECK(driver.rules[i].queue == i % 3);
    for (const Seen& rule : driver.rules)
        CHECK(rule.looks_at_fragments == rule.v4);
}

TEST_CASE("of a device that knows less, what it knows is used") {
    FakeDriver none{.knows = [](const Seen&) { return false; }};
    CHECK(steered(none, 2).empty());
    CHECK(none.rules.empty());
    FakeDriver raw{.knows = [](const Seen& seen) { return !seen.udp; }};
    CHECK(steered(raw, 2) == Names{"esp/ipv4", "esp/ipv6"});
    FakeDriver no_fragments{.knows = [](const Seen& seen) { return !seen.looks_at_fragments; }};
    CHECK(steered(no_fragments, 2) == Names{"esp/ipv4", "esp/ipv6", "esp/udp/ipv4", "esp/udp/ipv6"});
    CHECK(no_fragments.rules.size() == 8);
}

TEST_CASE("a way has rules for all workers or for none") {
    FakeDriver small{.knows = [](const Seen&) { return true; }, .room = 8};
    CHECK(steered(small, 3) == Names{"esp/ipv4", "esp/ipv6"});
    CHECK(small.rules.size() == 6);
    for (const Seen& rule : small.rules)
        CHECK_FALSE(rule.udp);
    FakeDriver first_alone{.knows = [](const Seen& seen) { return seen.queue == 0; }};
    CHECK(steered(first_alone, 2).empty());
    CHECK(first_alone.rules.empty());
}

TEST_CASE("a device without rte_flow has no rules") {
    const std::uint16_t port = test::RingPorts::only().links().port(test::kCipherPort).number();
    const SpiSteering steering(port, 4, {});
    CHECK(steering.steered().empty());
}

}  // namespace
}  // namespace esplane::dataplane
