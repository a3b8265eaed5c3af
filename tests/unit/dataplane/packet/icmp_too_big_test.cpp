#include "dataplane/packet/icmp_too_big.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::filler;
using test::kV4;
using test::kV4Peer;
using test::kV6;
using test::kV6Peer;

const IpAddress kRouter4 = address("10.0.0.1");
const IpAddress kRouter6 = address("2001:db8::ffff");

/// The message about a packet; empty when there is to be none.
Bytes answer_to(ByteView octets, std::uint32_t mtu) {
    const test::Exactly exact(octets);
    const auto packet = parse_inner(exact.view());
    REQUIRE(packet);
    const test::Exactly out(Bytes(kLongestIcmpError, 0xee));
    const IpAddress& from = packet->source.family() == Family::kIpv4 ? kRouter4 : kRouter6;
    const std::size_t length = build_too_big(*packet, exact.view(), from, mtu, out.view());
    CHECK(may_answer_with_error(*packet, exact.view()) == (length > 0));
    return to_bytes(out.view().first(length));
}

bool is_answered(ByteView octets) {
    return !answer_to(octets, 1400).empty();
}

/// By a pseudo-header written out in full (RFC 8200 8.1).
bool icmpv6_checksum_is_right(ByteView packet) {
    Bytes all = to_bytes(packet.subspan(8, 32));
    all.resize(40);
    store_be(all.data() + 32, static_cast<std::uint32_t>(packet.size() - 40));
    all[39] = 58;
    append(all, packet.subspan(40));
    return test::checksum_residue(all) == 0;
}

TEST_CASE("fragmentation needed: the message of RFC 1191 section 4") {
    Bytes packet = test::ipv4(kV4, kV4Peer, 17, test::udp(1, 2, filler(1400)), 0x4000);
    append(packet, filler(50));
    const Bytes message = answer_to(packet, 1300);
    REQUIRE(message.size() == 576);
    CHECK(to_hex(ByteView(message).first(10)) == "45c00240000040004001");
    CHECK(test::ipv4_header_checksum_is_right(message));
    const auto parsed = parse_inner(message);
    CHECK(parsed->source == kRouter4);
    CHECK(parsed->destination == kV4);
    CHECK(message[20] == 3);
    CHECK(message[21] == 4);
    CHECK(to_hex(ByteView(message).subspan(24, 4)) == "00000514");
    CHECK(test::checksum_residue(ByteView(message).subspan(20)) == 0);
    CHECK(to_bytes(ByteView(message).subspan(28)) == to_bytes(ByteView(packet).first(548)));
}

TEST_CASE("packet too big: the message of RFC 4443 section 3.2") {
    const Bytes packet = test::ipv6(kV6, kV6Peer, 17, test::udp(1, 2, filler(1452)));
    const Bytes message = answer_to(packet, 1400);
    REQUIRE(message.size() == 1280);
    CHECK(to_hex(ByteView(message).first(8)) == "6000000004d83a40");
    const auto parsed = parse_inner(message);
    CHECK(parsed->source == kRouter6);
    CHECK(parsed->destination == kV6);
    CHECK(message[40] == 2);
    CHECK(message[41] == 0);
    CHECK(to_hex(ByteView(message).subspan(44, 4)) == "00000578");
    CHECK(icmpv6_checksum_is_right(message));
    CHECK(to_bytes(ByteView(message).subspan(48)) == to_bytes(ByteView(packet).first(1232)));
}

TEST_CASE("a short packet is quoted as far as it goes, and not what follows it") {
    for (std::size_t length = 0; length < 40; ++length) {
        Bytes packet = test::ipv4(kV4, kV4Peer, test::kGre, filler(length));
        const Bytes quoted = packet;
        append(packet, filler(9));
        const Bytes message = answer_to(packet, 1300);
        CHECK(to_bytes(ByteView(message).subspan(28)) == quoted);
        CHECK(test::checksum_residue(ByteView(message).subspan(20)) == 0);
        const Bytes ipv6 = test::ipv6(kV6, kV6Peer, test::kGre, filler(length));
        const Bytes message6 = answer_to(ipv6, 1300);
        CHECK(to_bytes(ByteView(message6).subspan(48)) == ipv6);
        CHECK(icmpv6_checksum_is_right(message6));
    }
}

TEST_CASE("the MTU that is told fits its field, and is one that IPv6 can have") {
    const Bytes v4 = test::ipv4(kV4, kV4Peer, test::kGre, filler(100));
    CHECK(to_hex(ByteView(answer_to(v4, 68)).subspan(24, 4)) == "00000044");
    CHECK(to_hex(ByteView(answer_to(v4, 70000)).subspan(24, 4)) == "0000ffff");
    const Bytes v6 = test::ipv6(kV6, kV6Peer, test::kGre, filler(100));
    CHECK(to_hex(ByteView(answer_to(v6, 1279)).subspan(44, 4)) == "00000500");
    CHECK(to_hex(ByteView(answer_to(v6, 70000)).subspan(44, 4)) == "00011170");
}

TEST_CASE("ICMP errors are not answered, other ICMP is") {
    struct Case {
        std::uint8_t type;
        bool answered;
    };
    const Case icmp[] = {{0, true},  {8, true},  {9, true},   {13, true},  {18, true},  {42, true},  {3, false},
                         {4, false}, {5, false}, {11, false}, {12, false}, {31, false}, {255, false}};
    for (const Case& c : icmp) {
        INFO("ICMP type " << int{c.type});
        Bytes message = filler(16);
        message[0] = c.type;
        CHECK(is_answered(test::ipv4(kV4, kV4Peer, 1, message)) == c.answered);
    }
    const Case icmpv6[] = {{128, true}, {129, true}, {135, true}, {255, true}, {137, false}, {0, false},
                           {1, false},  {2, false},  {3, false},  {4, false},  {127, false}};
    for (const Case& c : icmpv6) {
        INFO("ICMPv6 type " << int{c.type});
        Bytes message = filler(16);
        message[0] = c.type;
        CHECK(is_answered(test::ipv6(kV6, kV6Peer, 58, message)) == c.answered);
    }
    // Cut off before its type; and the other family's ICMP, which means nothing.
    CHECK_FALSE(is_answered(test::ipv4(kV4, kV4Peer, 1, {})));
    CHECK_FALSE(is_answered(test::ipv6(kV6, kV6Peer, 58, {})));
    CHECK(is_answered(test::ipv4(kV4, kV4Peer, 58, Bytes(8))));
    CHECK(is_answered(test::ipv6(kV6, kV6Peer, 1, Bytes(8))));
}

TEST_CASE("of an IPv4 datagram the first fragment is answered, of an IPv6 one every that is no ICMP") {
    CHECK(is_answered(test::ipv4_fragment({.more = true, .protocol = 17}, filler(16))));
    CHECK_FALSE(is_answered(test::ipv4_fragment({.offset = 16, .protocol = 17}, filler(16))));
    CHECK(is_answered(test::ipv6_fragment({.more = true, .protocol = 17}, filler(16))));
    CHECK(is_answered(test::ipv6_fragment({.offset = 16, .protocol = 17}, filler(16))));
    for (const std::uint8_t protocol : {std::uint8_t{58}, std::uint8_t{60}, std::uint8_t{51}})
        CHECK_FALSE(is_answered(test::ipv6_fragment({.offset = 16, .protocol = protocol}, filler(16))));
}

TEST_CASE("only one host's packets to one host are answered; in IPv6 to many, too") {
    struct Case {
        const char* source;
        const char* destination;
        bool answered;
    };
    const Case cases[] = {{"10.1.2.3", "10.9.8.7", true},       {"223.255.255.254", "10.9.8.7", true},
                          {"0.0.0.0", "10.9.8.7", false},       {"0.1.2.3", "10.9.8.7", false},
                          {"127.0.0.1", "10.9.8.7", false},     {"224.0.0.1", "10.9.8.7", false},
                          {"240.0.0.1", "10.9.8.7", false},     {"255.255.255.255", "10.9.8.7", false},
                          {"10.1.2.3", "224.0.0.5", false},     {"10.1.2.3", "255.255.255.255", false},
                          {"2001:db8::1", "2001:db8::2", true}, {"2001:db8::1", "ff0e::1", true},
                          {"::", "2001:db8::2", false},         {"::1", "2001:db8::2", false},
                          {"ff02::1", "2001:db8::2", false},    {"::2", "2001:db8::2", true},
                          {"100::1", "2001:db8::2", true}};
    for (const Case& c : cases) {
        INFO(c.source << " to " << c.destination);
        CHECK(is_answered(test::ip(address(c.source), address(c.destination), 17, test::udp(1, 2, filler(8)))) ==
              c.answered);
    }
}

TEST_CASE("a message of ours is never answered") {
    CHECK_FALSE(is_answered(answer_to(test::ipv4(kV4, kV4Peer, test::kGre, filler(700)), 1300)));
    CHECK_FALSE(is_answered(answer_to(test::ipv6(kV6, kV6Peer, test::kGre, filler(1400)), 1300)));
}

}  // namespace
}  // namespace esplane::dataplane
