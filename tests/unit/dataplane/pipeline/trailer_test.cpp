#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::Drops;
using test::InboundRig;

/// Receives texts that the peer has sealed properly: all that is wrong with them is inside.
class Receiver {
  public:
    Receiver() : options_(test::child_options()), rig_(test::copy_of(options_)) {}
    explicit Receiver(SelectorPair selectors, TunnelPolicy policy = test::tunnel_policy())
        : options_(test::child_options()), rig_(with(std::move(selectors)), std::move(policy)) {}

    /// The packet that comes out; empty if it was dropped.
    std::optional<Bytes> receive(ByteView text) {
        ++sequence_;
        const auto delivered = rig_.run({test::seal_with_openssl(
            options_.key_in, {.spi = options_.spi_in, .sequence = sequence_, .iv = sequence_}, text)});
        if (delivered.empty()) return std::nullopt;
        return delivered.front();
    }
    std::optional<Bytes> receive_inner(ByteView inner, std::uint8_t next_header = 4) {
        return receive(test::with_trailer(inner, next_header));
    }
    Drops drops() const { return test::drops_of(rig_.tunnel.drops); }
    std::uint64_t packets() const { return rig_.child.in.volume.packets.read(); }
    std::uint64_t bytes() const { return rig_.child.in.volume.bytes.read(); }

  private:
    ChildOptions with(SelectorPair selectors) const {
        ChildOptions copy = test::copy_of(options_);
        copy.selectors = std::move(selectors);
        return copy;
    }
    ChildOptions options_;
    InboundRig rig_;
    std::uint64_t sequence_ = 0;
};

TEST_CASE("next headers: only IPv4, IPv6 and the dummy's") {
    Receiver receiver;
    for (unsigned next_header = 0; next_header <= 255; ++next_header) {
        const bool v4 =
            receiver.receive_inner(test::incoming_packet(8), static_cast<std::uint8_t>(next_header)).has_value();
        const bool v6 =
            receiver.receive_inner(test::incoming_packet(8, Family::kIpv6), static_cast<std::uint8_t>(next_header))
                .has_value();
        INFO(next_header);
        REQUIRE(v4 == (next_header == 4));
        REQUIRE(v6 == (next_header == 41));
    }
    CHECK(receiver.drops() == Drops{{"bad_next_header", 2 * 253}, {"malformed_inner", 2}, {"dummy", 2}});
}

TEST_CASE("a dummy packet is sunk, of any content, and counts in the window") {
    Receiver receiver;
    CHECK_FALSE(receiver.receive_inner({}, 59));
    CHECK_FALSE(receiver.receive_inner(test::filler(100), 59));
    CHECK(receiver.drops() == Drops{{"dummy", 2}});
    CHECK(receiver.packets() == 2);
    CHECK(receiver.bytes() == 0);
    const ChildOptions options = test::child_options();
    InboundRig rig(test::copy_of(options));
    const Bytes dummy = test::seal_with_openssl(options.key_in, {.spi = options.spi_in, .sequence = 9, .iv = 9},
                                                test::with_trailer({}, 59));
    (void)rig.run({dummy, dummy});
    CHECK(test::drops_of(rig.tunnel.drops) == Drops{{"dummy", 1}, {"replay", 1}});
}

TEST_CASE("octets between the inner packet and the padding are dropped from its end (RFC 4303 2.7)") {
    Receiver receiver;
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const Bytes inner = test::incoming_packet(30, family);
        for (const std::size_t more : {1, 2, 3, 4, 500}) {
            Bytes padded = inner;
            append(padded, Bytes(more, 0x5a));
            CHECK(receiver.receive_inner(padded, family == Family::kIpv4 ? 4 : 41) == inner);
        }
    }
}

TEST_CASE("an inner packet whose lengths or version do not hold is dropped") {
    Receiver receiver;
    CHECK_FALSE(receiver.receive_inner({}));
    CHECK_FALSE(receiver.receive_inner(test::filler(19)));
    Bytes longer = test::incoming_packet(20);
    store_be(longer.data() + 2, static_cast<std::uint16_t>(longer.size() + 1));
    CHECK_FALSE(receiver.receive_inner(longer));
    Bytes shorter = test::incoming_packet(20);
    store_be(shorter.data() + 2, std::uint16_t{19});
    CHECK_FALSE(receiver.receive_inner(shorter));
    Bytes header = test::incoming_packet(20);
    header[0] = 0x4f;
    CHECK_FALSE(receiver.receive_inner(header));
    Bytes version = test::incoming_packet(20);
    version[0] = 0x55;
    CHECK_FALSE(receiver.receive_inner(version));
    Bytes ipv6 = test::incoming_packet(20, Family::kIpv6);
    store_be(ipv6.data() + 4, static_cast<std::uint16_t>(ipv6.size() - 39));
    CHECK_FALSE(receiver.receive_inner(ipv6, 41));
    CHECK(receiver.drops() == Drops{{"malformed_inner", 7}});
}

TEST_CASE("the peer is held to the selectors of the SA") {
    struct Case {
        const char* source;
        const char* destination;
        bool passes;
    };
    const Case cases[] = {
        {"10.2.0.1", "10.1.0.1", true},
        {"10.2.255.255", "10.1.255.255", true},
        {"10.3.0.1", "10.1.0.1", false},
        {"10.2.0.1", "10.0.255.255", false},
        {"10.1.0.1", "10.2.0.1", false},
        {"10.1.0.1", "10.1.0.2", false},
        {"127.0.0.1", "10.1.0.1", false},
        {"10.2.0.1", "255.255.255.255", false},
        {"2001:db8:2::1", "2001:db8:1::1", true},
        {"2001:db8:3::1", "2001:db8:1::1", false},
        {"2001:db8:2::1", "2001:db8:2::2", false},
        {"::ffff:10.2.0.1", "::ffff:10.1.0.1", false},
    };
    Receiver receiver;
    std::uint64_t refused = 0;
    for (const Case& c : cases) {
        const IpAddress from = address(c.source);
        const Bytes inner = test::ip(from, address(c.destination), 17, test::udp(1, 2, {}));
        INFO(c.source << " to " << c.destination);
        CHECK(receiver.receive_inner(inner, from.family() == Family::kIpv4 ? 4 : 41).has_value() == c.passes);
        refused += c.passes ? 0 : 1;
    }
    CHECK(receiver.drops() == Drops{{"outside_selectors", refused}});
    CHECK(receiver.packets() == std::size(cases));
}

TEST_CASE("selectors with ports: fragments and hidden transport headers do not slip through") {
    TrafficSelector remote = TrafficSelector::from_prefix(*Prefix::parse("10.2.0.0/16"));
    remote.protocol = 6;
    remote.first_port = remote.last_port = 443;
    TrafficSelector remote_v6 = TrafficSelector::from_prefix(*Prefix::parse("2001:db8:2::/48"));
    remote_v6.protocol = 6;
    remote_v6.first_port = remote_v6.last_port = 443;
    Receiver receiver({.local = test::tunnel_policy().policies[0].local, .remote = {remote, remote_v6}});
    const IpAddress from = address("10.2.0.1");
    const IpAddress to = address("10.1.0.1");
    Bytes segment = test::tcp(test::kAck, {}, test::filler(16));
    store_be(segment.data(), std::uint16_t{443});
    CHECK(receiver.receive_inner(test::ipv4(from, to, 6, segment)));
    CHECK_FALSE(receiver.receive_inner(test::ipv4(from, to, 6, segment, 0x0005)));  // a later fragment alone
    CHECK(receiver.receive_inner(test::ipv4(from, to, 6, segment, 0x2000)));        // the first
    CHECK(receiver.receive_inner(test::ipv4(from, to, 6, segment, 0x0005)));        // the same later one behind it
    CHECK_FALSE(receiver.receive_inner(test::ipv4(from, to, 6, segment, 0x0002)));  // one that would overwrite it
    CHECK_FALSE(receiver.receive_inner(test::ipv4(from, to, 17, segment)));
    CHECK_FALSE(receiver.receive_inner(test::ipv4(from, to, 6, Bytes{0x01, 0xbb})));  // cut off before the other port
    store_be(segment.data(), std::uint16_t{444});
    CHECK_FALSE(receiver.receive_inner(test::ipv4(from, to, 6, segment)));

    const IpAddress from6 = address("2001:db8:2::1");
    const IpAddress to6 = address("2001:db8:1::1");
    store_be(segment.data(), std::uint16_t{443});
    const auto behind = [](std::uint8_t next, ByteView rest) {
        Bytes header{next, 0, 0x01, 0xbb, 0x01, 0xbb, 0, 0};
        append(header, rest);
        return header;
    };
    CHECK(receiver.receive_inner(test::ipv6(from6, to6, 60, behind(6, segment)), 41));
    CHECK(receiver.receive_inner(test::ipv6(from6, to6, 0, behind(43, behind(6, segment))), 41));
    // UDP behind an extension header, whose own octets look like the port.
    CHECK_FALSE(receiver.receive_inner(test::ipv6(from6, to6, 60, behind(17, segment)), 41));
    // A later fragment that says TCP.
    Bytes fragment{6, 0, 0x00, 0x10, 0, 0, 0, 1};
    append(fragment, segment);
    CHECK_FALSE(receiver.receive_inner(test::ipv6(from6, to6, 44, fragment), 41));
    CHECK(receiver.drops() == Drops{{"outside_selectors", 7}});
}

TEST_CASE("a SYN from the peer is delivered with its MSS lowered") {
    TunnelPolicy policy = test::tunnel_policy();
    policy.mtu_bytes = 1240;
    Receiver receiver(policy.policies[0], policy);
    const Bytes segment = test::tcp(test::kSyn, Bytes{2, 4, 0x23, 0x28});
    Bytes v4 = test::ipv4(address("10.2.0.1"), address("10.1.0.1"), 6, segment);
    Bytes v6 = test::ipv6(address("2001:db8:2::1"), address("2001:db8:1::1"), 6, segment);
    test::set_tcp_checksum(v4, 20);
    test::set_tcp_checksum(v6, 40);
    const auto delivered4 = receiver.receive_inner(v4);
    const auto delivered6 = receiver.receive_inner(v6, 41);
    REQUIRE(delivered4);
    REQUIRE(delivered6);
    CHECK(load_be<std::uint16_t>(delivered4->data() + 42) == 1200);
    CHECK(load_be<std::uint16_t>(delivered6->data() + 62) == 1180);
    CHECK(test::tcp_checksum_is_right(*delivered4, 20));
    CHECK(test::tcp_checksum_is_right(*delivered6, 40));
}

}  // namespace
}  // namespace esplane::dataplane
