// What an authentic peer may have put into its packets, case by case: lengths, versions, families, selectors.
#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/fate.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/suite_peer.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::dropped;
using test::Fate;
using test::fate_of;
using test::InboundRig;
using test::passes_as;
using test::SuitePeer;

constexpr std::uint8_t kIpv4 = 4;
constexpr std::uint8_t kIpv6 = 41;

// Next headers of IPv6.
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kEsp = 50;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kNothing = 59;
constexpr std::uint8_t kOptions = 60;
constexpr std::uint8_t kMobility = 135;

constexpr std::uint16_t kMore = 0x2000;  // in the fragment field of IPv4

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts)
        append(all, part);
    return all;
}

class Receiver {
  public:
    explicit Receiver(SelectorPair selectors = test::tunnel_policy().policies[0])
        : peer_({{crypto::EncrId::kAesGcm16, 256}}, test::child_options()), rig_(with(std::move(selectors))) {}

    /// Each packet for itself: a fragment finds no first one that came before.
    Fate receive(ByteView inner, std::uint8_t next_header) {
        rig_.forget_fragments();
        return fate_of(rig_, peer_.packet(++sequence_, inner, next_header));
    }
    std::uint64_t packets() const { return rig_.child.in.volume.packets.read(); }
    std::uint64_t bytes() const { return rig_.child.in.volume.bytes.read(); }

  private:
    static ChildOptions with(SelectorPair selectors) {
        ChildOptions options = test::child_options();
        options.selectors = std::move(selectors);
        return options;
    }
    SuitePeer peer_;
    InboundRig rig_;
    std::uint64_t sequence_ = 0;
};

struct Case {
    const char* what;
    Bytes inner;
    std::uint8_t next_header;
    const char* reason;      ///< empty: passes
    std::size_t behind = 0;  ///< octets behind the packet itself, which do not come out
};

void check_all(Receiver& receiver, std::span<const Case> cases) {
    for (const Case& c : cases) {
        INFO(c.what << ", next header " << int{c.next_header} << ": " << to_hex(c.inner));
        const bool passes = *c.reason == '\0';
        CHECK(receiver.receive(c.inner, c.next_header) ==
              (passes ? passes_as(ByteView(c.inner).first(c.inner.size() - c.behind)) : dropped(c.reason)));
    }
    // Authentic they all were.
    CHECK(receiver.packets() == cases.size());
}

Bytes v4(std::size_t payload = 20) {
    return test::incoming_packet(payload);
}
Bytes v6(std::size_t payload = 20) {
    return test::incoming_packet(payload, Family::kIpv6);
}
Bytes with_octet(Bytes packet, std::size_t at, std::uint8_t octet) {
    packet[at] = octet;
    return packet;
}
Bytes with_number(Bytes packet, std::size_t at, std::size_t number) {
    store_be(packet.data() + at, static_cast<std::uint16_t>(number));
    return packet;
}

Bytes less_an_octet(Bytes packet) {
    packet.pop_back();
    return packet;
}

TEST_CASE("the inner packet and the next header: family, version, lengths, what stands behind") {
    const Case cases[] = {
        {"IPv4 as IPv4", v4(), kIpv4, ""},
        {"IPv6 as IPv6", v6(), kIpv6, ""},
        {"IPv6 as IPv4", v6(), kIpv4, "malformed_inner"},
        {"IPv4 as IPv6", v4(), kIpv6, "malformed_inner"},
        {"nothing as IPv4", {}, kIpv4, "malformed_inner"},
        {"nothing as IPv6", {}, kIpv6, "malformed_inner"},
        {"one octet", {0x45}, kIpv4, "malformed_inner"},
        {"an IPv4 header less an octet", less_an_octet(v4(0)), kIpv4, "malformed_inner"},
        {"an IPv6 header less an octet", less_an_octet(v6(0)), kIpv6, "malformed_inner"},
        {"an IPv4 header alone", v4(0), kIpv4, ""},
        {"an IPv6 header alone", v6(0), kIpv6, ""},
        {"zeros as IPv4", Bytes(40), kIpv4, "malformed_inner"},
        {"zeros as IPv6", Bytes(40), kIpv6, "malformed_inner"},
        {"an IPv4 header that says 60 octets of 40", with_octet(v4(), 0, 0x4f), kIpv4, "malformed_inner"},
        {"a total length of 0, as segmentation offload leaves it", with_number(v4(), 2, 0), kIpv4, "malformed_inner"},
        {"a total length of all ones", with_number(v4(), 2, 0xffff), kIpv4, "malformed_inner"},
        {"a payload length of all ones", with_number(v6(), 4, 0xffff), kIpv6, "malformed_inner"},
        {"a jumbogram (RFC 2675)", with_octet(with_number(v6(), 4, 0), 6, kHopByHop), kIpv6, "malformed_inner"},
        {"TFC padding behind IPv4", joined({v4(), Bytes(500, 0x45)}), kIpv4, "", 500},
        {"TFC padding behind IPv6", joined({v6(), Bytes(500, 0x60)}), kIpv6, "", 500},
        {"a second packet behind, which is TFC padding", joined({v4(), v4()}), kIpv4, "", v4().size()},
        {"one octet behind", joined({v4(), Bytes(1)}), kIpv4, "", 1},
        {"a payload length less than the octets: the rest is TFC padding", with_number(v6(), 4, 0), kIpv6, "", 20},
        {"a dummy of nothing", {}, 59, "dummy"},
        {"a dummy of a good packet", v4(), 59, "dummy"},
        {"a dummy of anything", test::filler(1000), 59, "dummy"},
        {"a transport segment as in transport mode: TCP", test::tcp(test::kAck, {}), 6, "bad_next_header"},
        {"UDP", test::udp(1, 2, {}), 17, "bad_next_header"},
        {"hop-by-hop options", Bytes(8), 0, "bad_next_header"},
        {"ESP in ESP", Bytes(40), 50, "bad_next_header"},
        {"Ethernet (RFC 8986)", Bytes(60), 143, "bad_next_header"},
        {"AGGFRAG (RFC 9347)", Bytes(60), 144, "bad_next_header"},
    };
    Receiver receiver;
    check_all(receiver, cases);
    const auto delivered = 2 * (v4().size() + v4().size()) + v6().size() * 2 + v4(0).size() + v6(0).size() * 2;
    CHECK(receiver.bytes() == delivered);
}

TEST_CASE("every version and header length of the first octet, as IPv4 and as IPv6") {
    Receiver receiver;
    for (unsigned first = 0; first <= 255; ++first) {
        const unsigned version = first >> 4;
        const unsigned header = (first & 15) * 4;
        const Bytes as_v4 = with_octet(v4(), 0, static_cast<std::uint8_t>(first));
        const Bytes as_v6 = with_octet(v6(), 0, static_cast<std::uint8_t>(first));
        INFO("first octet " << first);
        const bool v4_holds = version == 4 && header >= 20 && header <= as_v4.size();
        REQUIRE(receiver.receive(as_v4, kIpv4) == (v4_holds ? passes_as(as_v4) : dropped("malformed_inner")));
        // Of IPv6 the rest of the octet is the traffic class.
        REQUIRE(receiver.receive(as_v6, kIpv6) == (version == 6 ? passes_as(as_v6) : dropped("malformed_inner")));
    }
}

TEST_CASE("every length field over every length of what there is") {
    Receiver receiver;
    for (std::size_t size = 20; size <= 64; size += 4) {
        for (std::size_t said = 0; said <= 70; ++said) {
            const Bytes packet = with_number(v4(size - 20), 2, said);
            INFO("IPv4 of " << size << " that says " << said);
            const bool holds = said >= 20 && said <= size;
            REQUIRE(receiver.receive(packet, kIpv4) ==
                    (holds ? passes_as(ByteView(packet).first(said)) : dropped("malformed_inner")));
        }
    }
    for (std::size_t payload = 0; payload <= 40; payload += 4) {
        for (std::size_t said = 0; said <= 45; ++said) {
            const Bytes packet = with_number(v6(payload), 4, said);
            INFO("IPv6 with " << payload << " that says " << said);
            REQUIRE(receiver.receive(packet, kIpv6) ==
                    (said <= payload ? passes_as(ByteView(packet).first(40 + said)) : dropped("malformed_inner")));
        }
    }
}

// --- Selectors of one protocol and one port: nothing gets round them. ---

const IpAddress kFrom4 = address("10.2.0.1");
const IpAddress kTo4 = address("10.1.0.1");
const IpAddress kFrom6 = address("2001:db8:2::1");
const IpAddress kTo6 = address("2001:db8:1::1");

TrafficSelector selector(std::string_view prefix, std::uint8_t protocol, std::uint16_t first = 0,
                         std::uint16_t last = 65535) {
    TrafficSelector made = TrafficSelector::from_prefix(*Prefix::parse(prefix));
    made.protocol = protocol;
    made.first_port = first;
    made.last_port = last;
    return made;
}

/// The peer's side: this protocol, these ports. Ours: anything.
SelectorPair only(std::uint8_t protocol, std::uint16_t first = 0, std::uint16_t last = 65535) {
    return {
        .local = test::tunnel_policy().policies[0].local,
        .remote = {selector("10.2.0.0/16", protocol, first, last), selector("2001:db8:2::/48", protocol, first, last)}};
}

Bytes tcp_from(std::uint16_t port) {
    return with_number(test::tcp(test::kAck, {}, test::filler(12)), 0, port);
}
Bytes in4(std::uint8_t protocol, ByteView payload, std::uint16_t fragment = 0, ByteView options = {}) {
    return test::ipv4(kFrom4, kTo4, protocol, payload, fragment, options);
}
Bytes in6(std::uint8_t next_header, ByteView payload) {
    return test::ipv6(kFrom6, kTo6, next_header, payload);
}
/// An extension header whose own octets look like the port that is allowed, 443.
Bytes extension(std::uint8_t next, ByteView rest, std::uint8_t units = 0) {
    Bytes header((units + 1U) * 8, 0);
    for (std::size_t i = 0; i < header.size(); ++i)
        header[i] = i % 2 == 0 ? 0x01 : 0xbb;
    header[0] = next;
    header[1] = units;
    append(header, rest);
    return header;
}
/// RFC 4302 2: its length is counted in fours, less two.
Bytes authentication(std::uint8_t next, ByteView rest) {
    Bytes header(24, 0xbb);
    header[0] = next;
    header[1] = 24 / 4 - 2;
    append(header, rest);
    return header;
}
Bytes fragment6(std::uint8_t next, std::uint16_t units, bool more, ByteView rest) {
    Bytes header{next, 0, 0, 0, 0x01, 0xbb, 0x01, 0xbb};
    store_be(header.data() + 2, static_cast<std::uint16_t>(units << 3 | (more ? 1 : 0)));
    append(header, rest);
    return header;
}
Bytes chain(int headers, ByteView end) {
    Bytes all = to_bytes(end);
    for (int i = 0; i < headers; ++i)
        all = extension(i == 0 ? 6 : kOptions, all);
    return all;
}

TEST_CASE("a selector of TCP port 443, against IPv4") {
    const Bytes good = tcp_from(443);
    const Case cases[] = {
        {"the port", in4(6, good), kIpv4, ""},
        {"another port", in4(6, tcp_from(444)), kIpv4, "outside_selectors"},
        {"the port of the other end only", in4(6, with_number(tcp_from(444), 2, 443)), kIpv4, "outside_selectors"},
        {"UDP of the port", in4(17, good), kIpv4, "outside_selectors"},
        {"a protocol without ports", in4(47, good), kIpv4, "outside_selectors"},
        {"ICMP of a type and code that are the port", in4(1, good), kIpv4, "outside_selectors"},
        {"protocol 0, which a selector takes for any", in4(0, good), kIpv4, "outside_selectors"},
        {"behind options", in4(6, good, 0, Bytes(40, 1)), kIpv4, ""},
        {"options that look like the port", in4(6, tcp_from(444), 0, Bytes{1, 0xbb, 1, 0xbb}), kIpv4,
         "outside_selectors"},
        {"don't fragment", in4(6, good, 0x4000), kIpv4, ""},
        {"the evil bit (RFC 3514) is nobody's business", in4(6, good, 0x8000), kIpv4, ""},
        {"a first fragment", in4(6, good, kMore), kIpv4, ""},
        {"a first fragment of another port", in4(6, tcp_from(444), kMore), kIpv4, "outside_selectors"},
        {"a first fragment too short for ports", in4(6, Bytes{0x01, 0xbb, 0x01}, kMore), kIpv4, "outside_selectors"},
        {"a second fragment", in4(6, good, kMore | 2), kIpv4, "outside_selectors"},
        {"a fragment that would overwrite the ports", in4(6, good, 1), kIpv4, "outside_selectors"},
        {"the last fragment of the farthest", in4(6, good, 0x1fff), kIpv4, "outside_selectors"},
        {"no transport header", in4(6, {}), kIpv4, "outside_selectors"},
        {"three octets of it", in4(6, Bytes{0x01, 0xbb, 0x01}), kIpv4, "outside_selectors"},
        {"the ports alone", in4(6, Bytes{0x01, 0xbb, 0, 1}), kIpv4, ""},
        {"the ports as TFC padding", joined({in4(6, {}), Bytes{0x01, 0xbb, 0, 1}}), kIpv4, "outside_selectors"},
        {"from elsewhere", test::ipv4(address("10.3.0.1"), kTo4, 6, good), kIpv4, "outside_selectors"},
        {"to elsewhere", test::ipv4(kFrom4, address("10.4.0.1"), 6, good), kIpv4, "outside_selectors"},
        {"the way back", test::ipv4(kTo4, kFrom4, 6, good), kIpv4, "outside_selectors"},
    };
    Receiver receiver(only(6, 443, 443));
    check_all(receiver, cases);
}

TEST_CASE("a selector of TCP port 443, against IPv6 and its extension headers") {
    const Bytes good = tcp_from(443);
    const Bytes bad = tcp_from(444);
    const Case cases[] = {
        {"the port", in6(6, good), kIpv6, ""},
        {"another port", in6(6, bad), kIpv6, "outside_selectors"},
        {"hop-by-hop options", in6(kHopByHop, extension(6, good)), kIpv6, ""},
        {"hop-by-hop options, another port", in6(kHopByHop, extension(6, bad)), kIpv6, "outside_selectors"},
        {"hop-by-hop options, another protocol", in6(kHopByHop, extension(17, good)), kIpv6, "outside_selectors"},
        {"a routing header", in6(kRouting, extension(6, good, 2)), kIpv6, ""},
        {"a routing header, another port", in6(kRouting, extension(6, bad, 2)), kIpv6, "outside_selectors"},
        {"destination options", in6(kOptions, extension(6, good, 5)), kIpv6, ""},
        {"destination options, another port", in6(kOptions, extension(6, bad, 5)), kIpv6, "outside_selectors"},
        {"destination options longer than the packet", in6(kOptions, with_octet(extension(6, good), 1, 200)), kIpv6,
         "malformed_inner"},
        {"destination options that are cut off", in6(kOptions, Bytes{6}), kIpv6, "malformed_inner"},
        {"destination options that should be there", in6(kOptions, {}), kIpv6, "malformed_inner"},
        {"an authentication header", in6(kAuthentication, authentication(6, good)), kIpv6, ""},
        {"an authentication header, another port", in6(kAuthentication, authentication(6, bad)), kIpv6,
         "outside_selectors"},
        {"an authentication header longer than the packet",
         in6(kAuthentication, with_octet(authentication(6, good), 1, 255)), kIpv6, "malformed_inner"},
        {"all of them",
         in6(kHopByHop,
             extension(
                 kOptions,
                 extension(kRouting, extension(kFragment, fragment6(kAuthentication, 0, false,
                                                                    authentication(kOptions, extension(6, good))))))),
         kIpv6, ""},
        {"ESP inside", in6(kEsp, good), kIpv6, "outside_selectors"},
        {"no next header", in6(kNothing, good), kIpv6, "outside_selectors"},
        {"no next header behind options", in6(kOptions, extension(kNothing, good)), kIpv6, "outside_selectors"},
        {"a mobility header, behind which nothing is followed", in6(kMobility, extension(6, good)), kIpv6,
         "outside_selectors"},
        {"a header that nobody knows", in6(253, extension(6, good)), kIpv6, "outside_selectors"},
        {"IPv4 in IPv6", in6(4, in4(6, good)), kIpv6, "outside_selectors"},
        {"an atomic fragment (RFC 6946)", in6(kFragment, fragment6(6, 0, false, good)), kIpv6, ""},
        {"a first fragment", in6(kFragment, fragment6(6, 0, true, good)), kIpv6, ""},
        {"a first fragment of another port", in6(kFragment, fragment6(6, 0, true, bad)), kIpv6, "outside_selectors"},
        {"a first fragment without the ports (RFC 7112)", in6(kFragment, fragment6(6, 0, true, Bytes{1, 0xbb, 1})),
         kIpv6, "outside_selectors"},
        {"a first fragment that ends in the chain",
         in6(kFragment, fragment6(kOptions, 0, true, Bytes{6, 4, 0, 0, 0, 0, 0, 0})), kIpv6, "malformed_inner"},
        {"a later fragment", in6(kFragment, fragment6(6, 2, false, good)), kIpv6, "outside_selectors"},
        {"a later fragment that would overwrite the ports", in6(kFragment, fragment6(6, 1, false, good)), kIpv6,
         "outside_selectors"},
        {"a later fragment whose payload looks like options and the port",
         in6(kFragment, fragment6(kOptions, 2, true, extension(6, good))), kIpv6, "outside_selectors"},
        {"a first fragment in a later one", in6(kFragment, fragment6(kFragment, 2, true, fragment6(6, 0, true, good))),
         kIpv6, "outside_selectors"},
        {"a later fragment in a first one", in6(kFragment, fragment6(kFragment, 0, true, fragment6(6, 2, true, good))),
         kIpv6, "outside_selectors"},
        {"a fragment header that is cut off", in6(kFragment, Bytes{6, 0, 0, 0, 0, 0, 0}), kIpv6, "malformed_inner"},
        {"eight headers", in6(kOptions, chain(8, good)), kIpv6, ""},
        {"nine headers", in6(kOptions, chain(9, good)), kIpv6, "malformed_inner"},
        {"ninety headers", in6(kOptions, chain(90, good)), kIpv6, "malformed_inner"},
        {"the ports as TFC padding", joined({in6(6, {}), Bytes{0x01, 0xbb, 0, 1}}), kIpv6, "outside_selectors"},
        {"ICMPv6 of a type and code that are the port", in6(58, good), kIpv6, "outside_selectors"},
        {"from elsewhere", test::ipv6(address("2001:db8:3::1"), kTo6, 6, good), kIpv6, "outside_selectors"},
        {"IPv4 of the allowed port as IPv6", in4(6, good), kIpv6, "malformed_inner"},
    };
    Receiver receiver(only(6, 443, 443));
    check_all(receiver, cases);
}

TEST_CASE("a selector of a protocol without ports lets its fragments through, and nothing else") {
    const Bytes good = tcp_from(443);
    const Case cases[] = {
        {"TCP", in4(6, good), kIpv4, ""},
        {"any port", in4(6, tcp_from(1)), kIpv4, ""},
        {"no port", in4(6, {}), kIpv4, ""},
        {"a later fragment", in4(6, good, 2), kIpv4, ""},
        {"UDP", in4(17, good), kIpv4, "outside_selectors"},
        {"a later fragment of UDP", in4(17, good, 2), kIpv4, "outside_selectors"},
        {"TCP over IPv6", in6(6, good), kIpv6, ""},
        {"a later fragment over IPv6", in6(kFragment, fragment6(6, 2, false, good)), kIpv6, ""},
        {"a later fragment of UDP over IPv6", in6(kFragment, fragment6(17, 2, false, good)), kIpv6,
         "outside_selectors"},
        // What the chain would end in is in the first fragment only.
        {"a later fragment of something with options", in6(kFragment, fragment6(kOptions, 2, false, good)), kIpv6,
         "outside_selectors"},
    };
    Receiver receiver(only(6));
    check_all(receiver, cases);
}

TEST_CASE("selectors of ICMP: type and code stand for ports, and are both ends' (RFC 7296 3.13.1)") {
    const auto icmp = [](std::uint8_t type, std::uint8_t code) { return Bytes{type, code, 0, 0, 0, 0, 0, 0}; };
    const Case cases[] = {
        {"echo request", in4(1, icmp(8, 0)), kIpv4, ""},
        {"echo reply", in4(1, icmp(0, 0)), kIpv4, "outside_selectors"},
        {"another code", in4(1, icmp(8, 1)), kIpv4, "outside_selectors"},
        {"a later fragment", in4(1, icmp(8, 0), 1), kIpv4, "outside_selectors"},
        {"one octet of it", in4(1, Bytes{8}), kIpv4, "outside_selectors"},
        {"two octets of it", in4(1, Bytes{8, 0}), kIpv4, ""},
        {"TCP from the port of that number", in4(6, tcp_from(8 << 8)), kIpv4, "outside_selectors"},
        {"ICMPv6 over IPv4", in4(58, icmp(8, 0)), kIpv4, "outside_selectors"},
        {"ICMP over IPv6", in6(1, icmp(8, 0)), kIpv6, ""},
    };
    Receiver receiver(only(1, 8 << 8, 8 << 8));
    check_all(receiver, cases);
}

TEST_CASE("a range of ports ends where it says") {
    Receiver receiver(only(17, 1000, 1999));
    for (const unsigned port : {0U, 999U, 1000U, 1500U, 1999U, 2000U, 65535U}) {
        const bool inside = port >= 1000 && port <= 1999;
        for (const bool is_v6 : {false, true}) {
            const Bytes datagram = test::udp(static_cast<std::uint16_t>(port), 1500, test::filler(5));
            const Bytes packet = is_v6 ? in6(17, datagram) : in4(17, datagram);
            INFO(port << (is_v6 ? " over IPv6" : " over IPv4"));
            CHECK(receiver.receive(packet, is_v6 ? kIpv6 : kIpv4) ==
                  (inside ? passes_as(packet) : dropped("outside_selectors")));
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
