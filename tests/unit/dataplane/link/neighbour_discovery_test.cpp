#include "dataplane/link/neighbour_discovery.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/link/icmpv6.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::discovery;
using test::icmpv6;
using test::kOurMac;
using test::kPeerMac;
using test::mac_option;

const IpAddress kOurs = address("2001:db8::12:3456");
const IpAddress kOursGroup = address("ff02::1:ff12:3456");
const IpAddress kPeer = address("2001:db8::2");
const IpAddress kNone = address("::");
const IpAddress kAllNodes = address("ff02::1");

auto solicitation(ByteView packet) {
    return parse_neighbour_solicitation(test::Exactly(packet).view());
}

auto advertisement(ByteView packet) {
    return parse_neighbour_advertisement(test::Exactly(packet).view());
}

TEST_CASE("ND: a solicitation is read") {
    Bytes packet = icmpv6(kPeer, kOursGroup, 255, discovery(135, 0, kOurs, mac_option(1, kPeerMac)));
    append(packet, test::filler(5));  // padding of the frame
    const auto message = solicitation(packet);
    REQUIRE(message);
    CHECK(message->source == kPeer);
    CHECK(message->destination == kOursGroup);
    CHECK(message->target == kOurs);
    CHECK(message->source_mac == kPeerMac);
    CHECK_FALSE(advertisement(packet));
    CHECK(discovery_type(packet) == DiscoveryType::kNeighbourSolicitation);
}

TEST_CASE("ND: an advertisement is read") {
    for (const int octet : {0x00, 0x20, 0x40, 0x60, 0x80, 0xe0}) {
        const auto flags = static_cast<std::uint8_t>(octet);
        const Bytes packet = icmpv6(kPeer, kOurs, 255, discovery(136, flags, kPeer, mac_option(2, kPeerMac)));
        const auto message = advertisement(packet);
        REQUIRE(message);
        CHECK(message->source == kPeer);
        CHECK(message->destination == kOurs);
        CHECK(message->target == kPeer);
        CHECK(message->solicited == ((flags & 0x40) != 0));
        CHECK(message->overrides == ((flags & 0x20) != 0));
        CHECK(message->target_mac == kPeerMac);
        CHECK_FALSE(solicitation(packet));
    }
}

TEST_CASE("ND: types are told, valid or not") {
    for (int type = 0; type < 256; ++type) {
        Bytes packet = test::ipv6(kPeer, kOurs, 58, Bytes(1, static_cast<std::uint8_t>(type)));
        const auto told = discovery_type(test::Exactly(packet).view());
        CHECK(told.has_value() == (type >= 133 && type <= 137));
        if (told) CHECK(static_cast<int>(*told) == type);
        packet[6] = 1;
        CHECK_FALSE(discovery_type(packet));
    }
    CHECK_FALSE(discovery_type(test::ipv6(kPeer, kOurs, 58, {})));
    CHECK_FALSE(discovery_type({}));
}

TEST_CASE("ND: options of the other kind, or unknown, are passed over; the first of a kind counts") {
    Bytes options = from_hex("0e02 0000 0000 0000 0000 0000 0000 0000");  // a nonce
    append(options, mac_option(2, test::kOtherMac));
    CHECK_FALSE(solicitation(icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, options)))->source_mac);
    append(options, mac_option(1, kPeerMac));
    append(options, mac_option(1, test::kOtherMac));
    CHECK(solicitation(icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, options)))->source_mac == kPeerMac);
}

struct Refusal {
    const char* why;
    Bytes packet;
};

TEST_CASE("ND: solicitations against RFC 4861 7.1.1 are refused") {
    const Bytes option = mac_option(1, kPeerMac);
    const Bytes right = icmpv6(kPeer, kOursGroup, 255, discovery(135, 0, kOurs, option));
    REQUIRE(solicitation(right));
    Bytes code = discovery(135, 0, kOurs);
    code[1] = 1;
    Bytes wrong_sum = right;
    ++wrong_sum[43];
    Bytes atomic = from_hex("3a00 0000 0000 0001");
    append(atomic, discovery(135, 0, kOurs));
    Bytes beyond = right;
    store_be(beyond.data() + 4, std::uint16_t{33});
    const Refusal refusals[] = {
        {"hop limit", icmpv6(kPeer, kOursGroup, 254, discovery(135, 0, kOurs, option))},
        {"code", icmpv6(kPeer, kOursGroup, 255, code)},
        {"checksum", wrong_sum},
        {"length", icmpv6(kPeer, kOursGroup, 255, ByteView(discovery(135, 0, kOurs)).first(23))},
        {"multicast target", icmpv6(kPeer, kOursGroup, 255, discovery(135, 0, kOursGroup))},
        {"no target", icmpv6(kPeer, kOursGroup, 255, discovery(135, 0, kNone))},
        {"option without length", icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, from_hex("0100020000000002")))},
        {"option that does not end", icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, from_hex("0e02020000000002")))},
        {"option of one octet", icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, from_hex("0e")))},
        {"group's MAC address", icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, mac_option(1, kBroadcastMac)))},
        {"no MAC address", icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, mac_option(1, {})))},
        {"long MAC address",
         icmpv6(kPeer, kOurs, 255, discovery(135, 0, kOurs, from_hex("0102020000000002 0000000000000000")))},
        {"multicast source", icmpv6(kAllNodes, kOurs, 255, discovery(135, 0, kOurs))},
        {"from nobody to one", icmpv6(kNone, kOurs, 255, discovery(135, 0, kOurs))},
        {"from nobody with option", icmpv6(kNone, kOursGroup, 255, discovery(135, 0, kOurs, option))},
        {"fragment header", test::ipv6(kPeer, kOursGroup, 44, atomic)},
        {"length beyond the packet", beyond}};
    for (const Refusal& refusal : refusals) {
        INFO(refusal.why);
        CHECK_FALSE(solicitation(refusal.packet));
    }
    CHECK(solicitation(icmpv6(kNone, kOursGroup, 255, discovery(135, 0, kOurs))));
    for (std::size_t length = 0; length < right.size(); ++length)
        CHECK_FALSE(solicitation(ByteView(right).first(length)));
}

TEST_CASE("ND: advertisements against RFC 4861 7.1.2 are refused") {
    const Bytes option = mac_option(2, kPeerMac);
    REQUIRE(advertisement(icmpv6(kPeer, kAllNodes, 255, discovery(136, 0x20, kPeer, option))));
    Bytes code = discovery(136, 0x60, kPeer, option);
    code[1] = 1;
    const Refusal refusals[] = {
        {"hop limit", icmpv6(kPeer, kOurs, 64, discovery(136, 0x60, kPeer, option))},
        {"code", icmpv6(kPeer, kOurs, 255, code)},
        {"solicited by many", icmpv6(kPeer, kAllNodes, 255, discovery(136, 0x60, kPeer, option))},
        {"multicast target", icmpv6(kPeer, kOurs, 255, discovery(136, 0x60, kAllNodes, option))},
        {"from nobody", icmpv6(kNone, kOurs, 255, discovery(136, 0x60, kPeer, option))},
        {"length", icmpv6(kPeer, kOurs, 255, ByteView(discovery(136, 0x60, kPeer)).first(20))},
        {"option without length",
         icmpv6(kPeer, kOurs, 255, discovery(136, 0x60, kPeer, from_hex("0200020000000002")))}};
    for (const Refusal& refusal : refusals) {
        INFO(refusal.why);
        CHECK_FALSE(advertisement(refusal.packet));
    }
}

TEST_CASE("ND: a question to all that may have the address, and to who had it last") {
    Bytes room(kLongestNeighbourFrame, 0xee);
    std::uint32_t length = write_neighbour_solicitation({kOurMac, 5}, kPeer, kOurs, {}, room.data());
    const Bytes message = discovery(135, 0, kOurs, mac_option(1, kOurMac));
    CHECK(to_hex(ByteView(room).first(length)) ==
          to_hex(test::tagged(test::ethernet({{0x33, 0x33, 0xff, 0x12, 0x34, 0x56}}, kOurMac, 0x86dd,
                                             icmpv6(kPeer, kOursGroup, 255, message)),
                              5)));
    length = write_neighbour_solicitation({kOurMac, {}}, kPeer, kOurs, kPeerMac, room.data());
    CHECK(to_hex(ByteView(room).first(length)) ==
          to_hex(test::ethernet(kPeerMac, kOurMac, 0x86dd, icmpv6(kPeer, kOurs, 255, message))));
}

TEST_CASE("ND: an answer to who asked, and to all if that has no address yet") {
    Bytes room(kLongestNeighbourFrame, 0xee);
    const auto asked = solicitation(icmpv6(kPeer, kOursGroup, 255, discovery(135, 0, kOurs)));
    std::uint32_t length = write_neighbour_advertisement({kOurMac, {}}, *asked, kPeerMac, room.data());
    const Bytes option = mac_option(2, kOurMac);
    CHECK(to_hex(ByteView(room).first(length)) ==
          to_hex(test::ethernet(kPeerMac, kOurMac, 0x86dd,
                                icmpv6(kOurs, kPeer, 255, discovery(136, 0xe0, kOurs, option)))));
    const auto probed = solicitation(icmpv6(kNone, kOursGroup, 255, discovery(135, 0, kOurs)));
    length = write_neighbour_advertisement({kOurMac, {}}, *probed, kPeerMac, room.data());
    CHECK(to_hex(ByteView(room).first(length)) ==
          to_hex(test::ethernet({{0x33, 0x33, 0, 0, 0, 1}}, kOurMac, 0x86dd,
                                icmpv6(kOurs, kAllNodes, 255, discovery(136, 0xa0, kOurs, option)))));
}

TEST_CASE("ND: link-local addresses are told from others") {
    for (const char* yes : {"fe80::", "fe80::1", "febf:ffff::1"})
        CHECK(is_link_local(address(yes)));
    for (const char* no : {"fec0::1", "fe7f::1", "::", "2001:db8::1", "254.128.0.1"})
        CHECK_FALSE(is_link_local(address(no)));
}

/// Whether the options hold, each looked at by itself.
bool options_hold(ByteView options, std::uint8_t wanted) {
    std::size_t at = 0;
    for (bool first = true; at < options.size();) {
        if (at + 1 >= options.size() || options[at + 1] == 0 || at + options[at + 1] * 8U > options.size())
            return false;
        if (options[at] == wanted && first) {
            first = false;
            if (options[at + 1] != 1 || !MacAddress::at(options.data() + at + 2).is_station()) return false;
        }
        at += options[at + 1] * 8U;
    }
    return true;
}

TEST_CASE("ND: messages with some octets changed, against the rules in a row") {
    constexpr std::uint64_t kSeed = 0x8d;
    crypto::SeededRandom random(kSeed);
    int accepted = 0;
    for (int step = 0; step < 20'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        const bool asks = random.below(2) == 0;
        const auto type = static_cast<std::uint8_t>(asks ? 135 : 136);
        Bytes options;
        for (std::uint64_t i = random.below(3); i > 0; --i)
            append(options, mac_option(static_cast<std::uint8_t>(1 + random.below(3)), kPeerMac));
        Bytes message = discovery(type, static_cast<std::uint8_t>(random.below(8) << 5), kOurs, options);
        for (std::uint64_t i = random.below(2); i > 0; --i)
            message[random.below(message.size())] =
                static_cast<std::uint8_t>(random.below(random.below(2) == 0 ? 3 : 256));
        if (random.below(10) == 0) message.resize(4 + random.below(60));
        const IpAddress sources[] = {kPeer, kPeer, kNone, kAllNodes};
        const IpAddress destinations[] = {kOurs, kOursGroup, kAllNodes};
        const IpAddress source = sources[random.below(4)];
        const IpAddress destination = destinations[random.below(3)];
        Bytes packet = icmpv6(source, destination, random.below(20) == 0 ? 1 : 255, message);
        if (random.below(20) == 0) packet[random.below(40)] ^= 1;

        const ByteView sent = ByteView(packet).subspan(40);
        bool expected = packet[0] >> 4 == 6 && packet[6] == 58 && packet[7] == 255 &&
                        load_be<std::uint16_t>(packet.data() + 4) == sent.size() && test::icmpv6_residue(packet) == 0 &&
                        sent.size() >= 24 && sent[0] == type && sent[1] == 0 && sent[8] != 0xff && packet[8] != 0xff &&
                        options_hold(sent.subspan(24), asks ? 1 : 2);
        const auto from = IpAddress::v6(ByteView(packet).subspan<8, 16>());
        const auto to = IpAddress::v6(ByteView(packet).subspan<24, 16>());
        if (expected && from.is_unspecified()) {
            const bool has_option = sent.size() > 24 && solicitation(icmpv6(kPeer, to, 255, sent)) &&
                                    solicitation(icmpv6(kPeer, to, 255, sent))->source_mac;
            expected = asks && !has_option && to == solicited_node(IpAddress::v6(sent.subspan<8, 16>()));
        }
        if (expected && !asks && (sent[4] & 0x40) != 0 && packet[24] == 0xff) expected = false;
        const bool is_read = asks ? solicitation(packet).has_value() : advertisement(packet).has_value();
        // A length that is too short leaves padding behind the packet; that has other rules, and a wrong checksum.
        CHECK(is_read == expected);
        accepted += expected ? 1 : 0;
    }
    CHECK(accepted > 3000);
}

}  // namespace
}  // namespace esplane::dataplane
