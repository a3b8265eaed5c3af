#include "dataplane/packet/inner_packet.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::filler;

const IpAddress kV4 = address("10.1.2.3");
const IpAddress kV4Peer = address("10.9.8.7");
const IpAddress kV6 = address("2001:db8::1");
const IpAddress kV6Peer = address("2001:db8::2");

constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;

/// An extension header of (units + 1) * 8 octets in front of `rest`.
Bytes extension(std::uint8_t next, std::uint8_t units, ByteView rest) {
    Bytes header((units + 1U) * 8);
    header[0] = next;
    header[1] = units;
    append(header, rest);
    return header;
}

Bytes fragment_header(std::uint8_t next, std::uint16_t offset_units, bool more, ByteView rest) {
    Bytes header(8);
    header[0] = next;
    store_be(header.data() + 2, static_cast<std::uint16_t>(offset_units << 3 | (more ? 1 : 0)));
    append(header, rest);
    return header;
}

/// In a block of just that size, so that a sanitizer sees a step beyond.
std::optional<InnerPacket> parse_exactly(ByteView octets) {
    const std::unique_ptr<std::uint8_t[]> block(new std::uint8_t[octets.size()]);
    std::copy(octets.begin(), octets.end(), block.get());
    return parse_inner({block.get(), octets.size()});
}

TEST_CASE("an IPv4 packet: addresses, ports and length") {
    const auto parsed = parse_exactly(test::ipv4(kV4, kV4Peer, 17, test::udp(1111, 53, filler(11))));
    REQUIRE(parsed);
    CHECK(parsed->source == kV4);
    CHECK(parsed->destination == kV4Peer);
    CHECK(parsed->length == 39);
    CHECK(parsed->transport_offset == 20);
    CHECK(parsed->protocol == 17);
    CHECK(parsed->has_ports);
    CHECK(parsed->source_port == 1111);
    CHECK(parsed->destination_port == 53);
    CHECK(parsed->is_whole);
}

TEST_CASE("IPv4 options stand before the ports") {
    const auto parsed = parse_exactly(test::ipv4(kV4, kV4Peer, 17, test::udp(1111, 53, {}), 0, Bytes(40, 1)));
    REQUIRE(parsed);
    CHECK(parsed->transport_offset == 60);
    CHECK(parsed->destination_port == 53);
}

TEST_CASE("octets behind the packet's own length are not part of it") {
    Bytes padded = test::ipv4(kV4, kV4Peer, 17, test::udp(1, 2, filler(4)));
    padded.resize(padded.size() + 100);
    CHECK(parse_exactly(padded)->length == 32);
    padded = test::ipv6(kV6, kV6Peer, 17, test::udp(1, 2, filler(4)));
    padded.resize(padded.size() + 100);
    CHECK(parse_exactly(padded)->length == 52);
}

TEST_CASE("protocols with ports, with type and code, and with neither") {
    struct Case {
        std::uint8_t protocol;
        bool has_ports;
        std::uint16_t source, destination;
    };
    const Case cases[] = {{6, true, 0x0102, 0x0304},   {17, true, 0x0102, 0x0304}, {132, true, 0x0102, 0x0304},
                          {136, true, 0x0102, 0x0304}, {1, true, 0x0102, 0x0102},  {58, true, 0x0102, 0x0102},
                          {47, false, 0, 0},           {50, false, 0, 0},          {89, false, 0, 0}};
    for (const Case& c : cases) {
        for (const IpAddress& from : {kV4, kV6}) {
            INFO("protocol " << int{c.protocol} << " from " << from.to_string());
            const IpAddress& to = from == kV4 ? kV4Peer : kV6Peer;
            const auto parsed = parse_exactly(test::ip(from, to, c.protocol, Bytes{1, 2, 3, 4, 5, 6, 7, 8}));
            REQUIRE(parsed);
            CHECK(parsed->protocol == c.protocol);
            CHECK(parsed->has_ports == c.has_ports);
            CHECK(parsed->source_port == c.source);
            CHECK(parsed->destination_port == c.destination);
        }
    }
}

TEST_CASE("a transport header that is cut off has no ports, and is not read") {
    for (std::size_t length = 0; length < 4; ++length) {
        CHECK_FALSE(parse_exactly(test::ipv4(kV4, kV4Peer, 6, filler(length)))->has_ports);
        CHECK_FALSE(parse_exactly(test::ipv6(kV6, kV6Peer, 17, filler(length)))->has_ports);
        CHECK(parse_exactly(test::ipv4(kV4, kV4Peer, 1, filler(length)))->has_ports == (length >= 2));
    }
    // What stands behind the packet's own length is not its transport header.
    Bytes packet = test::ipv4(kV4, kV4Peer, 6, {});
    append(packet, Bytes(8, 0xff));
    CHECK_FALSE(parse_exactly(packet)->has_ports);
}

TEST_CASE("IPv4 fragments: only the first has ports") {
    const Bytes payload = test::udp(7, 9, filler(24));
    struct Case {
        std::uint16_t field;
        bool has_ports, is_whole;
    };
    // Flags: 0x4000 don't fragment, 0x2000 more fragments; offset in units of 8.
    const Case cases[] = {{0x0000, true, true},   {0x4000, true, true},   {0x2000, true, false},
                          {0x0001, false, false}, {0x2001, false, false}, {0x1fff, false, false}};
    for (const Case& c : cases) {
        INFO(std::hex << c.field);
        const auto parsed = parse_exactly(test::ipv4(kV4, kV4Peer, 17, payload, c.field));
        REQUIRE(parsed);
        CHECK(parsed->has_ports == c.has_ports);
        CHECK(parsed->is_whole == c.is_whole);
        CHECK(parsed->protocol == 17);
    }
}

TEST_CASE("IPv6 extension headers are followed to the transport header") {
    const Bytes transport = test::udp(7, 9, filler(4));
    Bytes chain = transport;
    chain = extension(17, 2, chain);
    chain = extension(kDestinationOptions, 0, chain);
    chain = extension(kRouting, 1, chain);
    // RFC 4302: its length counts units of four octets, less two.
    Bytes authentication(24);
    authentication[0] = kHopByHop;
    authentication[1] = 4;
    append(authentication, chain);
    const auto parsed = parse_exactly(test::ipv6(kV6, kV6Peer, kAuthentication, authentication));
    REQUIRE(parsed);
    CHECK(parsed->protocol == 17);
    CHECK(parsed->transport_offset == 40 + 24 + 16 + 8 + 24);
    CHECK(parsed->source_port == 7);
    CHECK(parsed->destination_port == 9);
}

TEST_CASE("IPv6 fragments: only the first has ports, and behind a later one nothing is followed") {
    const Bytes transport = test::udp(7, 9, filler(8));
    auto parsed = parse_exactly(test::ipv6(kV6, kV6Peer, kFragment, fragment_header(17, 0, true, transport)));
    REQUIRE(parsed);
    CHECK(parsed->has_ports);
    CHECK_FALSE(parsed->is_whole);
    CHECK(parsed->destination_port == 9);

    parsed = parse_exactly(test::ipv6(kV6, kV6Peer, kFragment, fragment_header(17, 3, false, transport)));
    REQUIRE(parsed);
    CHECK_FALSE(parsed->has_ports);
    CHECK_FALSE(parsed->is_whole);
    CHECK(parsed->protocol == 17);

    // Payload that looks like a chain of extension headers up to one with other ports.
    const Bytes forged = extension(17, 0, transport);
    parsed = parse_exactly(test::ipv6(kV6, kV6Peer, kFragment, fragment_header(kDestinationOptions, 3, true, forged)));
    REQUIRE(parsed);
    CHECK_FALSE(parsed->has_ports);
    CHECK(parsed->protocol != 17);

    // RFC 8200 4.5: a fragment header with neither offset nor more is a whole packet.
    parsed = parse_exactly(test::ipv6(kV6, kV6Peer, kFragment, fragment_header(17, 0, false, transport)));
    REQUIRE(parsed);
    CHECK(parsed->has_ports);
    CHECK(parsed->is_whole);
}

TEST_CASE("a chain of extension headers is followed eight headers far") {
    for (int headers = 0; headers < 12; ++headers) {
        Bytes chain = test::udp(7, 9, {});
        for (int i = 0; i < headers; ++i)
            chain = extension(i == 0 ? 17 : kDestinationOptions, 0, chain);
        const auto parsed = parse_exactly(test::ipv6(kV6, kV6Peer, headers == 0 ? 17 : kDestinationOptions, chain));
        INFO(headers << " headers");
        CHECK(parsed.has_value() == (headers <= 8));
        if (parsed) CHECK(parsed->has_ports);
    }
}

TEST_CASE("lengths that do not hold make no packet") {
    Bytes packet = test::ipv4(kV4, kV4Peer, 17, test::udp(1, 2, {}));
    store_be(packet.data() + 2, std::uint16_t{29});
    CHECK_FALSE(parse_exactly(packet));  // longer than what there is
    store_be(packet.data() + 2, std::uint16_t{19});
    CHECK_FALSE(parse_exactly(packet));  // shorter than its header
    packet = test::ipv4(kV4, kV4Peer, 17, test::udp(1, 2, {}));
    packet[0] = 0x44;
    CHECK_FALSE(parse_exactly(packet));  // a header of 16 octets
    packet[0] = 0x4f;
    CHECK_FALSE(parse_exactly(packet));  // a header longer than the packet
    packet = test::ipv6(kV6, kV6Peer, 17, test::udp(1, 2, {}));
    store_be(packet.data() + 4, std::uint16_t{9});
    CHECK_FALSE(parse_exactly(packet));
    packet = test::ipv6(kV6, kV6Peer, kDestinationOptions, extension(17, 0, {}));
    packet[41] = 1;
    CHECK_FALSE(parse_exactly(packet));  // an extension header longer than the packet
}

TEST_CASE("only versions 4 and 6 are IP") {
    for (int version = 0; version < 16; ++version) {
        Bytes packet = version == 6 ? test::ipv6(kV6, kV6Peer, 17, test::udp(1, 2, {}))
                                    : test::ipv4(kV4, kV4Peer, 17, test::udp(1, 2, {}));
        packet[0] = static_cast<std::uint8_t>(version << 4 | (packet[0] & 0x0f));
        CHECK(parse_exactly(packet).has_value() == (version == 4 || version == 6));
    }
}

TEST_CASE("a packet cut off anywhere is no packet") {
    const Bytes whole[] = {test::ipv4(kV4, kV4Peer, 17, test::udp(1, 2, filler(20)), 0, Bytes(8, 1)),
                           test::ipv6(kV6, kV6Peer, kRouting,
                                      extension(kFragment, 1, fragment_header(17, 0, false, test::udp(1, 2, {}))))};
    for (const Bytes& packet : whole) {
        REQUIRE(parse_exactly(packet));
        for (std::size_t length = 0; length < packet.size(); ++length)
            CHECK_FALSE(parse_exactly(ByteView(packet).first(length)));
    }
}

TEST_CASE("random octets: what is taken for a packet lies within them") {
    const std::uint64_t seed = 0x1ee7;
    crypto::SeededRandom random(seed);
    int packets = 0;
    for (int round = 0; round < 200'000; ++round) {
        Bytes octets = random.bytes(random.below(160));
        if (!octets.empty())
            octets[0] = static_cast<std::uint8_t>(random.below(2) == 0 ? 0x40 | (octets[0] & 7) : 0x60);
        // Lengths and next headers that get far.
        if (octets.size() > 6 && octets[0] >> 4 == 4)
            store_be(octets.data() + 2, static_cast<std::uint16_t>(octets.size()));
        if (octets.size() > 41 && octets[0] >> 4 == 6) {
            store_be(octets.data() + 4, static_cast<std::uint16_t>(octets.size() - 40));
            const std::uint8_t kinds[] = {kHopByHop, kRouting, kFragment, kAuthentication, kDestinationOptions, 6};
            octets[6] = kinds[random.below(6)];
            octets[40] = kinds[random.below(6)];
            octets[41] &= 7;
        }
        const auto parsed = parse_exactly(octets);
        if (!parsed) continue;
        ++packets;
        INFO("seed " << seed << ", round " << round << ": " << to_hex(octets));
        REQUIRE(parsed->length <= octets.size());
        REQUIRE(parsed->transport_offset <= parsed->length);
        REQUIRE(parsed->transport_offset >= (octets[0] >> 4 == 4 ? 20U : 40U));
    }
    CHECK(packets > 10'000);
}

}  // namespace
}  // namespace esplane::dataplane
