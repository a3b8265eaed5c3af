#include "dataplane/sa/address_ranges.h"

#include <catch2/catch.hpp>

#include "dataplane/sa/selector_match.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::address;

TrafficSelector range(const char* first, const char* last) {
    return {address(first), address(last)};
}

TEST_CASE("ranges of addresses are all of a policy that names neither protocol nor port, once a side") {
    const TrafficSelector ours = range("10.1.0.0", "10.1.255.255");
    const TrafficSelector theirs = range("10.2.0.0", "10.2.0.9");
    TrafficSelector tcp = theirs;
    tcp.protocol = 6;
    TrafficSelector https = tcp;
    https.first_port = https.last_port = 443;
    CHECK(AddressRanges({{ours}, {theirs}}).are_all());
    CHECK_FALSE(AddressRanges({{ours}, {tcp}}).are_all());
    CHECK_FALSE(AddressRanges({{https}, {theirs}}).are_all());
    CHECK_FALSE(AddressRanges({{ours, ours}, {theirs}}).are_all());
    CHECK_FALSE(AddressRanges({{ours}, {theirs, ours}}).are_all());
    CHECK_FALSE(AddressRanges({{ours}, {}}).are_all());
    CHECK_FALSE(AddressRanges({{ours}, {range("2001:db8::", "2001:db8::9")}}).are_all());
}

/// Ends and what is next to them, in the order of numbers; so small a choice that ranges and addresses often meet.
std::vector<IpAddress> choice(Family family) {
    std::vector<IpAddress> addresses;
    if (family == Family::kIpv4) {
        for (const char* text :
             {"0.0.0.0", "10.0.0.0", "10.0.0.1", "10.0.1.0", "127.255.255.255", "128.0.0.0", "255.255.255.255"})
            addresses.push_back(address(text));
    } else {
        for (const char* text : {"::", "::1", "2001:db8::", "2001:db8::1", "2001:db8::8000:0:0:0",
                                 "2001:db8:0:1::", "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
            addresses.push_back(address(text));
    }
    return addresses;
}

TEST_CASE("ranges hold what the selectors match") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const auto addresses = choice(family);
        for (std::size_t first = 0; first < addresses.size(); ++first) {
            for (std::size_t last = first; last < addresses.size(); ++last) {
                const TrafficSelector some{addresses[first], addresses[last]};
                const TrafficSelector any{addresses.front(), addresses.back()};
                for (const SelectorPair& pair : {SelectorPair{{some}, {any}}, SelectorPair{{any}, {some}}}) {
                    const AddressRanges ranges(pair);
                    REQUIRE(ranges.are_all());
                    for (const IpAddress& one : addresses) {
                        InnerPacket packet;
                        packet.source = packet.destination = one;
                        CHECK(ranges.hold(one, one) == matches_outbound(pair, packet));
                    }
                }
            }
        }
    }
}

TEST_CASE("ranges of one family hold nothing of the other") {
    const AddressRanges ipv4({{range("0.0.0.0", "255.255.255.255")}, {range("0.0.0.0", "255.255.255.255")}});
    CHECK_FALSE(ipv4.hold(address("::1"), address("::1")));
    const TrafficSelector all = range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    CHECK_FALSE(AddressRanges({{all}, {all}}).hold(address("10.0.0.1"), address("10.0.0.1")));
}

}  // namespace
}  // namespace esplane::dataplane
