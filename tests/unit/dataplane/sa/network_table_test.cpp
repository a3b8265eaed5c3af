#include "dataplane/sa/network_table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <memory>

#include "crypto/random.h"
#include "dataplane/sa/tunnel.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::address;

constexpr ClearPort kPort{1};

const SelectorPair kAny;

/// A policy that nobody asks what it says.
struct Blank : Policy {
    Blank() : Policy(nullptr, kAny, 0) {}
};

/// What the table would say of the address: every policy, in its order.
std::vector<Policy*> all(const NetworkTable& table, ClearPort port, const IpAddress& at) {
    std::vector<Policy*> policies;
    table.find(port, at, [&](Policy& policy) {
        policies.push_back(&policy);
        return false;
    });
    return policies;
}

TEST_CASE("a network holds the addresses that begin as it does, on its device") {
    Blank policy;
    struct Case {
        std::uint8_t length;
        const char* network;
        std::vector<const char*> inside;
        std::vector<const char*> outside;
    };
    const std::vector<Case> cases{
        {0, "0.0.0.0", {"0.0.0.0", "255.255.255.255"}, {}},
        {9, "10.128.0.0", {"10.128.0.0", "10.255.255.255"}, {"10.127.255.255", "11.0.0.0"}},
        {32, "10.1.2.3", {"10.1.2.3"}, {"10.1.2.2", "10.1.2.4"}},
        {64, "2001:db8::", {"2001:db8::1", "2001:db8::ffff:0:0:1"}, {"2001:db8:0:1::", "2001:db7::"}},
        {65, "2001:db8::", {"2001:db8:0:0:7fff::"}, {"2001:db8:0:0:8000::"}},
        {128, "2001:db8::1", {"2001:db8::1"}, {"2001:db8::", "2001:db8::2"}},
    };
    for (const Case& one : cases) {
        NetworkTable table(one.length);
        table.add(kPort, address(one.network), &policy);
        for (const char* inside : one.inside) {
            INFO(inside << " in " << one.network << '/' << int{one.length});
            CHECK(all(table, kPort, address(inside)) == std::vector<Policy*>{&policy});
            CHECK(all(table, ClearPort{2}, address(inside)).empty());
        }
        for (const char* outside : one.outside) {
            INFO(outside << " not in " << one.network << '/' << int{one.length});
            CHECK(all(table, kPort, address(outside)).empty());
        }
    }
}

TEST_CASE("policies of one network are asked in the order of adding, up to the first that fits") {
    Blank a;
    Blank b;
    Blank c;
    NetworkTable table(8);
    for (Blank* policy : {&b, &a, &c, &a, &b})
        table.add(kPort, address("10.0.0.0"), policy);
    const IpAddress at = address("10.1.1.1");
    CHECK(all(table, kPort, at) == std::vector<Policy*>{&b, &a, &c});
    CHECK(table.find(kPort, at, [&](Policy& policy) { return &policy != &b; }) == &a);
    table.remove(kPort, address("10.0.0.0"), &b);
    CHECK(all(table, kPort, at) == std::vector<Policy*>{&a, &c});
    table.remove(kPort, address("10.0.0.0"), &c);
    table.remove(kPort, address("10.0.0.0"), &c);
    CHECK(all(table, kPort, at) == std::vector<Policy*>{&a});
    CHECK_FALSE(table.empty());
    table.remove(kPort, address("10.0.0.0"), &a);
    CHECK(table.empty());
}

TEST_CASE("networks that differ in any one octet alone are found without a search") {
    Blank policy;
    for (const unsigned shift : {8U, 16U, 24U}) {
        NetworkTable table(static_cast<std::uint8_t>(32 - shift));
        const auto network = [&](std::uint32_t number) { return IpAddress::v4(number << shift); };
        for (std::uint32_t number = 0; number < 256; ++number)
            table.add(kPort, network(number), &policy);
        std::size_t looks = 0;
        for (std::uint32_t number = 0; number < 256; ++number)
            looks += table.looks(kPort, network(number));
        INFO("networks of " << 32 - shift << " bits");
        CHECK(looks < std::size_t{2} * 256);
    }
}

TEST_CASE("random additions and removals, against a map") {
    const std::uint64_t seed = 0x5eed7ab1e;
    crypto::SeededRandom random(seed);
    std::vector<std::unique_ptr<Policy>> policies(20);
    for (auto& policy : policies)
        policy = std::make_unique<Blank>();
    NetworkTable table(24);
    std::map<std::uint32_t, std::vector<Policy*>> model;
    for (int step = 0; step < 20000; ++step) {
        const auto number = static_cast<std::uint32_t>(random.below(400));
        const IpAddress network = IpAddress::v4(0x0a000000 + (number << 8));
        Policy* const policy = policies[random.below(policies.size())].get();
        auto& expected = model[number];
        const auto known = std::find(expected.begin(), expected.end(), policy);
        // First it grows, then it shrinks.
        if (random.below(10) < (step < 10000 ? 7U : 3U)) {
            table.add(kPort, network, policy);
            if (known == expected.end()) expected.push_back(policy);
        } else {
            table.remove(kPort, network, policy);
            if (known != expected.end()) expected.erase(known);
        }
        const auto looked_up = static_cast<std::uint32_t>(random.below(400));
        INFO("seed " << seed << ", step " << step);
        REQUIRE(all(table, kPort, IpAddress::v4(0x0a000007 + (looked_up << 8))) == model[looked_up]);
    }
}

}  // namespace
}  // namespace esplane::dataplane
