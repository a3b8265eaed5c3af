#include "dataplane/link/router_errors.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::after;
using test::filler;

PortSetup port(std::vector<PortAddress> addresses) {
    PortSetup made;
    made.addresses = std::move(addresses);
    return made;
}

const std::vector<PortSetup> kPorts = {
    port(
        {{address("10.1.0.1"), 24}, {address("10.1.8.1"), 24}, {address("fd00:1::1"), 64}, {address("fd00:9::1"), 64}}),
    port({{address("192.0.2.1"), 24}})};

/// Who the message is from; empty when there is none.
std::string speaker(RouterErrors& errors, const PortSetup& at, ByteView octets, TimePoint now) {
    Bytes block(kLongestIcmpErrorHeaders, 0xee);
    append(block, octets);
    const test::Exactly exact(block);
    const MutableByteView packet = exact.view().subspan(kLongestIcmpErrorHeaders);
    const MutableByteView message = errors.time_exceeded(packet, at, now);
    if (message.empty()) {
        CHECK(to_bytes(packet) == to_bytes(octets));
        return {};
    }
    const auto inner = parse_inner(message);
    CHECK(inner->destination == parse_inner(octets)->source);
    return inner->source.to_string();
}

TEST_CASE("the message is from the port's address on the link of the sender, or of the destination") {
    struct Case {
        const char* source;
        const char* destination;
        std::size_t port;
        const char* speaker;
    };
    const Case cases[] = {
        {"10.1.0.2", "10.2.0.2", 0, "10.1.0.1"},     // on its link
        {"10.1.8.2", "10.2.0.2", 0, "10.1.8.1"},     // on that of the second address
        {"10.1.8.2", "10.1.0.7", 0, "10.1.8.1"},     // between the two
        {"10.2.0.2", "10.1.8.2", 0, "10.1.8.1"},     // out of the tunnel, to that link
        {"10.2.0.2", "10.7.0.2", 0, "10.1.0.1"},     // beyond a gateway on either side
        {"fd00:9::2", "fd00:2::2", 0, "fd00:9::1"},  //
        {"fd00:2::2", "fd00:1::2", 0, "fd00:1::1"},  //
        {"10.1.0.2", "10.2.0.2", 1, "192.0.2.1"},    // none that fits
        {"fd00:1::2", "fd00:2::2", 1, ""},           // none of the family
        {"10.1.0.1", "10.2.0.2", 0, ""},             // from an address of ours
        {"192.0.2.1", "10.2.0.2", 0, ""},            // of another port's
        {"fd00:9::1", "fd00:2::2", 0, ""},           //
        {"10.1.0.255", "10.2.0.2", 0, ""},           // from everybody on a link
        {"10.2.0.2", "10.1.0.255", 0, ""},           // to everybody there
        {"10.2.0.2", "192.0.2.255", 0, ""},          //
        {"10.2.0.2", "224.0.0.1", 0, ""},            //
        {"fd00:1::2", "ff0e::1", 0, ""},             //
    };
    RouterErrors errors(kPorts);
    for (const Case& c : cases) {
        INFO(c.source << " to " << c.destination << " at port " << c.port);
        const Bytes packet = test::ip(address(c.source), address(c.destination), 17, test::udp(1, 2, filler(8)));
        CHECK(speaker(errors, kPorts[c.port], packet, after({})) == c.speaker);
    }
}

TEST_CASE("messages are limited in rate, and packets that get none take nothing of it") {
    RouterErrors errors(kPorts);
    const Bytes packet = test::ipv4(address("10.1.0.2"), address("10.2.0.2"), 17, test::udp(1, 2, filler(8)));
    const Bytes error = test::ipv4(address("10.1.0.2"), address("10.2.0.2"), 1, from_hex("0300000000000000"));
    const auto burst = [&](TimePoint now) {
        int said = 0;
        for (int i = 0; i < 1000; ++i) {
            CHECK(speaker(errors, kPorts[0], error, now).empty());
            said += speaker(errors, kPorts[0], packet, now).empty() ? 0 : 1;
        }
        return said;
    };
    using std::chrono::milliseconds;
    CHECK(burst(after(milliseconds(0))) == 100);
    CHECK(burst(after(milliseconds(4))) == 0);
    CHECK(burst(after(milliseconds(5))) == 1);
    CHECK(burst(after(milliseconds(55))) == 10);
}

TEST_CASE("a packet that the link does not carry is told what it does, in the same way") {
    PortSetup narrow = kPorts[0];
    narrow.mtu_bytes = 1400;
    RouterErrors errors(kPorts);
    for (const char* const from : {"10.2.0.2", "fd00:2::2"}) {
        const bool v4 = from[0] == '1';
        Bytes block(kLongestIcmpErrorHeaders, 0xee);
        append(block,
               test::ip(address(from), address(v4 ? "10.1.0.2" : "fd00:1::2"), 17, test::udp(1, 2, filler(1400))));
        const test::Exactly exact(block);
        const MutableByteView message =
            errors.too_big(exact.view().subspan(kLongestIcmpErrorHeaders), narrow, after({}));
        REQUIRE(message.size() == (v4 ? 576 : 1280));
        CHECK(parse_inner(message)->source == address(v4 ? "10.1.0.1" : "fd00:1::1"));
        CHECK(to_hex(message.subspan(v4 ? 20 : 40, 2)) == (v4 ? "0304" : "0200"));
        CHECK(to_hex(message.subspan(v4 ? 24 : 44, 4)) == "00000578");
    }
    Bytes strange = test::ipv4(address("10.1.0.1"), address("10.1.0.2"), 17, filler(1400));
    CHECK(errors.too_big(strange, narrow, after({})).empty());
}

TEST_CASE("what is no IP packet is not answered") {
    RouterErrors errors(kPorts);
    CHECK(errors.time_exceeded({}, kPorts[0], after({})).empty());
    Bytes cut = test::ipv4(address("10.1.0.2"), address("10.2.0.2"), 17, test::udp(1, 2, filler(8)));
    cut.resize(19);
    const test::Exactly exact(cut);
    CHECK(errors.time_exceeded(exact.view(), kPorts[0], after({})).empty());
}

}  // namespace
}  // namespace esplane::dataplane
