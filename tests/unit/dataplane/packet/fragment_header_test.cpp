#include "dataplane/packet/fragment_header.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using Kind = FragmentHeader::Kind;
using test::filler;

std::optional<FragmentHeader> parse_exactly(ByteView octets) {
    return parse_fragment_header(test::Exactly(octets).view());
}

TEST_CASE("an IPv4 fragment says which part of which datagram it is") {
    Bytes packet = test::ipv4_fragment({.offset = 1480, .more = true, .identification = 0xbeef}, filler(24));
    append(packet, filler(5));
    const auto header = parse_exactly(packet);
    REQUIRE(header);
    CHECK(header->kind == Kind::kFragment);
    CHECK(header->key == DatagramKey{test::kV4, test::kV4Peer, 0xbeef, 0, test::kGre});
    CHECK(header->length == 44);
    CHECK(header->kept == 20);
    CHECK(header->data_at == 20);
    CHECK(header->data_length() == 24);
    CHECK(header->offset == 1480);
    CHECK(header->more);
    CHECK(header->protocol == test::kGre);
}

TEST_CASE("an IPv6 fragment says the same behind its unfragmentable part") {
    Bytes routing(16);
    routing[0] = test::kFragmentHeader;
    routing[1] = 1;
    const Bytes plain = test::ipv6_fragment({.offset = 1448, .identification = 0xdeadbeef, .protocol = 17}, filler(9));
    append(routing, ByteView(plain).subspan(40));
    Bytes options(8);
    options[0] = 43;
    append(options, routing);
    const auto header = parse_exactly(test::ipv6(test::kV6, test::kV6Peer, 0, options));
    REQUIRE(header);
    CHECK(header->kind == Kind::kFragment);
    CHECK(header->key == DatagramKey{test::kV6, test::kV6Peer, 0xdeadbeef});
    CHECK(header->kept == 64);
    CHECK(header->next_header_at == 48);
    CHECK(header->data_at == 72);
    CHECK(header->data_length() == 9);
    CHECK(header->offset == 1448);
    CHECK_FALSE(header->more);
    CHECK(header->protocol == 17);
}

TEST_CASE("what is whole, atomic or a fragment") {
    struct Case {
        Family family;
        std::uint16_t offset;
        bool more;
        Kind kind;
    };
    const Case cases[] = {{Family::kIpv4, 0, false, Kind::kWhole},    {Family::kIpv4, 0, true, Kind::kFragment},
                          {Family::kIpv4, 8, false, Kind::kFragment}, {Family::kIpv4, 8, true, Kind::kFragment},
                          {Family::kIpv6, 0, false, Kind::kAtomic},   {Family::kIpv6, 0, true, Kind::kFragment},
                          {Family::kIpv6, 8, false, Kind::kFragment}, {Family::kIpv6, 8, true, Kind::kFragment}};
    for (const Case& c : cases) {
        INFO("family " << static_cast<int>(c.family) << ", offset " << c.offset << ", more " << c.more);
        const auto header = parse_exactly(test::fragment(c.family, {.offset = c.offset, .more = c.more}, filler(16)));
        REQUIRE(header);
        CHECK(header->kind == c.kind);
    }
    // Neither DF nor the reserved bit makes a fragment.
    CHECK(parse_exactly(test::ipv4(test::kV4, test::kV4Peer, 17, filler(8), 0xc000))->kind == Kind::kWhole);
    const auto whole = parse_exactly(test::ipv6(test::kV6, test::kV6Peer, 17, filler(8)));
    REQUIRE(whole);
    CHECK(whole->kind == Kind::kWhole);
    CHECK(whole->length == 48);
}

TEST_CASE("the highest offset") {
    CHECK(parse_exactly(test::ipv4_fragment({.offset = 65528}, filler(7)))->offset == 65528);
    CHECK(parse_exactly(test::ipv6_fragment({.offset = 65528}, filler(7)))->offset == 65528);
}

TEST_CASE("cut off anywhere there is no header, and nothing beyond is read") {
    Bytes options(8);
    options[0] = test::kFragmentHeader;
    append(options, ByteView(test::ipv6_fragment({.offset = 8}, filler(8))).subspan(40));
    const Bytes packets[] = {test::ipv4_fragment({.offset = 8}, filler(8)),
                             test::ipv6(test::kV6, test::kV6Peer, 60, options)};
    for (const Bytes& packet : packets) {
        REQUIRE(parse_exactly(packet));
        for (std::size_t length = 0; length < packet.size(); ++length)
            CHECK_FALSE(parse_exactly(ByteView(packet).first(length)));
    }
    // The same where the packet's own length ends early.
    for (std::uint16_t payload = 0; payload < 16; ++payload) {
        Bytes packet = packets[1];
        store_be(packet.data() + 4, payload);
        CHECK_FALSE(parse_exactly(packet));
    }
}

TEST_CASE("random octets are read within their bounds") {
    constexpr std::uint64_t kSeed = 0xf4a9;
    crypto::SeededRandom random(kSeed);
    for (int round = 0; round < 5000; ++round) {
        INFO("seed " << kSeed << ", round " << round);
        Bytes octets = random.bytes(1 + random.below(120));
        octets[0] = static_cast<std::uint8_t>(round % 2 == 0 ? 0x40 | octets[0] % 16 : 0x60);
        if (octets.size() > 6) {
            store_be(octets.data() + (round % 2 == 0 ? 2 : 4), static_cast<std::uint16_t>(random.below(130)));
            constexpr std::uint8_t kNext[] = {0, 43, 44, 60, 17};
            octets[6] = kNext[random.below(5)];
            for (std::size_t i = 40; i + 1 < octets.size(); i += 8) {
                octets[i] = kNext[random.below(5)];
                octets[i + 1] = static_cast<std::uint8_t>(random.below(3));
            }
        }
        const auto header = parse_exactly(octets);
        if (!header) continue;
        CHECK(header->length <= octets.size());
        CHECK(header->kept <= header->data_at);
        CHECK(header->data_at <= header->length);
        CHECK(header->next_header_at < header->kept);
    }
}

}  // namespace
}  // namespace esplane::dataplane
