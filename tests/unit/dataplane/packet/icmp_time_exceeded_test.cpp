#include "dataplane/packet/icmp_time_exceeded.h"

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

/// The message, made in a block with just the room in front that it may take; empty when there may be none.
Bytes answer_to(ByteView octets) {
    Bytes block(kLongestIcmpErrorHeaders, 0xee);
    append(block, octets);
    const test::Exactly exact(block);
    const MutableByteView packet = exact.view().subspan(kLongestIcmpErrorHeaders);
    const auto inner = parse_inner(packet);
    REQUIRE(inner);
    if (!may_say_time_exceeded(*inner, packet)) return {};
    const IpAddress from = address(inner->source.family() == Family::kIpv4 ? "10.0.0.1" : "2001:db8::ffff");
    const MutableByteView message = make_time_exceeded(*inner, packet, from);
    CHECK(message.data() == packet.data() - icmp_error_headers(inner->source.family()));
    return to_bytes(message);
}

bool is_answered(ByteView octets) {
    return !answer_to(octets).empty();
}

TEST_CASE("time exceeded: the message of RFC 792, with what RFC 1812 lets it quote") {
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{8}, std::size_t{519}, std::size_t{520}, std::size_t{521}, std::size_t{1400}}) {
        CAPTURE(length);
        Bytes packet = test::ipv4(kV4, kV4Peer, 17, test::udp(1, 2, filler(length)));
        packet[8] = 1;
        const std::size_t quoted = std::min<std::size_t>(packet.size(), 548);
        Bytes padded = packet;
        append(padded, filler(50));
        const Bytes message = answer_to(padded);
        REQUIRE(message.size() == 28 + quoted);
        CHECK(load_be<std::uint16_t>(&message[2]) == message.size());
        CHECK(test::ipv4_header_checksum_is_right(message));
        CHECK(parse_inner(message)->source == address("10.0.0.1"));
        CHECK(parse_inner(message)->destination == kV4);
        CHECK(to_hex(ByteView(message).subspan(20, 2)) == "0b00");
        CHECK(to_hex(ByteView(message).subspan(24, 4)) == "00000000");
        CHECK(test::checksum_residue(ByteView(message).subspan(20)) == 0);
        CHECK(to_bytes(ByteView(message).subspan(28)) == to_bytes(ByteView(packet).first(quoted)));
    }
}

TEST_CASE("time exceeded: the message of RFC 4443 section 3.3") {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1184}, std::size_t{1185}, std::size_t{1400}}) {
        CAPTURE(length);
        Bytes packet = test::ipv6(kV6, kV6Peer, 17, test::udp(1, 2, filler(length)));
        packet[7] = 1;
        const std::size_t quoted = std::min<std::size_t>(packet.size(), 1232);
        const Bytes message = answer_to(packet);
        REQUIRE(message.size() == 48 + quoted);
        CHECK(load_be<std::uint16_t>(&message[4]) == 8 + quoted);
        CHECK(message[6] == 58);
        CHECK(parse_inner(message)->source == address("2001:db8::ffff"));
        CHECK(parse_inner(message)->destination == kV6);
        CHECK(to_hex(ByteView(message).subspan(40, 2)) == "0300");
        CHECK(to_hex(ByteView(message).subspan(44, 4)) == "00000000");
        CHECK(to_bytes(ByteView(message).subspan(48)) == to_bytes(ByteView(packet).first(quoted)));
        Bytes summed = to_bytes(ByteView(message).subspan(8, 32));
        append(summed, from_hex("00000000 0000003a"));
        store_be(summed.data() + 32, static_cast<std::uint32_t>(message.size() - 40));
        append(summed, ByteView(message).subspan(40));
        CHECK(test::checksum_residue(summed) == 0);
    }
}

TEST_CASE("nothing is said about errors, later fragments, and what is for many or from nobody") {
    Bytes unreachable(16);
    unreachable[0] = 3;
    Bytes echo(16);
    echo[0] = 8;
    CHECK(is_answered(test::ipv4(kV4, kV4Peer, 1, echo)));
    CHECK_FALSE(is_answered(test::ipv4(kV4, kV4Peer, 1, unreachable)));
    CHECK_FALSE(is_answered(test::ipv6(kV6, kV6Peer, 58, unreachable)));
    CHECK(is_answered(test::ipv4_fragment({.more = true, .protocol = 17}, filler(16))));
    CHECK_FALSE(is_answered(test::ipv4_fragment({.offset = 16, .protocol = 17}, filler(16))));
    CHECK_FALSE(is_answered(test::ipv4(kV4, address("224.0.0.5"), 17, filler(16))));
    CHECK_FALSE(is_answered(test::ipv4(kV4, address("255.255.255.255"), 17, filler(16))));
    CHECK_FALSE(is_answered(test::ipv4(address("0.0.0.0"), kV4Peer, 17, filler(16))));
    CHECK_FALSE(is_answered(test::ipv6(address("::"), kV6Peer, 17, filler(16))));
    // "Packet too big" is said about these.
    CHECK_FALSE(is_answered(test::ipv6(kV6, address("ff0e::1"), 17, filler(16))));
    // A message of ours is an error.
    CHECK_FALSE(is_answered(answer_to(test::ipv4(kV4, kV4Peer, 17, filler(16)))));
    CHECK_FALSE(is_answered(answer_to(test::ipv6(kV6, kV6Peer, 17, filler(16)))));
}

}  // namespace
}  // namespace esplane::dataplane
