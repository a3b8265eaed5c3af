#include "ike/core/configuration.h"

#include <catch2/catch.hpp>

namespace esplane::ike {
namespace {

using dataplane::TrafficSelector;
using wire::ConfigAttribute;

IpAddress address(const char* text) {
    return IpAddress::parse(text).value();
}

wire::Payloads with(std::uint8_t type, std::vector<ConfigAttribute> attributes) {
    wire::Payloads payloads;
    payloads.configuration = wire::Configuration{type, std::move(attributes)};
    return payloads;
}

TEST_CASE("a request says which families, and what the peer would like to have") {
    const auto asked = read_request(with(1, {{1, {}}, {8, from_hex("fd000099000000000000000000000005 40")}, {3, {}}}));
    CHECK(asked.ipv4);
    CHECK(asked.ipv6);
    CHECK(asked.wishes == std::vector{address("fd00:99::5")});
    // Without the length of a prefix, and with an address that says nothing.
    CHECK(read_request(with(1, {{8, from_hex("fd000099000000000000000000000005")}})).wishes.size() == 1);
    CHECK(read_request(with(1, {{1, from_hex("00000000")}})).wishes.empty());
    CHECK_FALSE(read_request(with(2, {{1, {}}})).ipv4);
    CHECK_FALSE(read_request(with(1, {{3, {}}})).ipv4);
    CHECK_FALSE(read_request({}).ipv4);
}

TEST_CASE("an answer has what is of the families that were asked for") {
    const Assignment assigned{{address("10.99.0.5"), address("fd00:99::5")},
                              {address("10.1.0.53"), address("fd00:1::53")},
                              {TrafficSelector::from_prefix(Prefix::parse("10.1.0.0/17").value()),
                               TrafficSelector::from_prefix(Prefix::parse("fd00:1::/64").value())}};
    const auto ipv4 = make_reply({.ipv4 = true, .ipv6 = false, .wishes = {}}, assigned);
    CHECK(ipv4.is(wire::ConfigType::kReply));
    CHECK(ipv4.attributes == std::vector<ConfigAttribute>{{1, from_hex("0a630005")},
                                                          {3, from_hex("0a010035")},
                                                          {13, from_hex("0a010000 ffff8000")}});
    const auto ipv6 = make_reply({.ipv4 = false, .ipv6 = true, .wishes = {}}, assigned);
    CHECK(ipv6.attributes == std::vector<ConfigAttribute>{{8, from_hex("fd000099000000000000000000000005 80")},
                                                          {10, from_hex("fd000001000000000000000000000053")},
                                                          {15, from_hex("fd000001000000000000000000000000 40")}});
    wire::Payloads both;
    both.configuration = make_reply({.ipv4 = true, .ipv6 = true, .wishes = {}}, assigned);
    CHECK(read_reply(both).addresses == assigned.addresses);
    CHECK(read_reply(both).dns == assigned.dns);
}

TEST_CASE("everything is no split, and a range that is no prefix has no words") {
    TrafficSelector odd{address("10.1.0.0"), address("10.1.0.9")};
    const Assignment assigned{
        {address("10.99.0.5")}, {}, {TrafficSelector::from_prefix(Prefix::parse("0.0.0.0/0").value()), odd}};
    CHECK(make_reply({.ipv4 = true, .ipv6 = true, .wishes = {}}, assigned).attributes.size() == 1);
}

TEST_CASE("what we ask for names what we had") {
    const auto fresh = make_request(true, true, {});
    CHECK(fresh.attributes == std::vector<ConfigAttribute>{{1, {}}, {3, {}}, {8, {}}, {10, {}}});
    const auto again = make_request(true, false, {address("10.99.0.5"), address("fd00:99::5")});
    CHECK(again.attributes == std::vector<ConfigAttribute>{{1, from_hex("0a630005")}, {3, {}}});
    CHECK(read_reply(with(1, {{1, from_hex("0a630005")}})).addresses.empty());
}

}  // namespace
}  // namespace esplane::ike
