#include "dataplane/pipeline/mss.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::kAck;
using test::kSyn;

constexpr std::uint16_t kMost = 1360;

Bytes mss_option(std::uint16_t value) {
    return {2, 4, static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts)
        append(all, part);
    return all;
}

/// A packet of either family around `segment`, its checksum right. Its TCP header begins at `offset`.
struct Packet {
    Bytes octets;
    std::size_t offset;

    Packet(Family family, ByteView segment)
        : octets(family == Family::kIpv4 ? test::ipv4(address("10.0.0.1"), address("10.0.0.2"), 6, segment)
                                         : test::ipv6(address("2001:db8::1"), address("2001:db8::2"), 6, segment)),
          offset(family == Family::kIpv4 ? 20 : 40) {
        test::set_tcp_checksum(octets, offset);
    }
    Bytes lowered(std::uint16_t most = kMost) const {
        Bytes copy = octets;
        lower_mss(copy, parse_inner(copy).value(), most);
        return copy;
    }
};

TEST_CASE("the MSS of a SYN is lowered, wherever it stands, and the checksum stays right") {
    const Bytes nop{1};
    const Bytes timestamps{8, 10, 1, 2, 3, 4, 5, 6, 7, 8};
    struct Case {
        const char* what;
        Bytes options;
        std::size_t value_at;  // in the TCP header
    };
    const Case cases[] = {
        {"alone", mss_option(1460), 22},
        {"behind one octet: across two words", joined({nop, mss_option(1460), nop, nop, nop}), 23},
        {"behind two", joined({nop, nop, mss_option(1460), nop, nop}), 24},
        {"behind three", joined({nop, nop, nop, mss_option(1460), nop}), 25},
        {"behind a longer option", joined({timestamps, nop, nop, mss_option(1460)}), 34},
        {"at the very end", joined({timestamps, timestamps, timestamps, Bytes{1, 1, 1, 1, 1, 1}, mss_option(1460)}),
         58},
        {"before the end of options", joined({mss_option(1460), Bytes{0, 7, 7, 7}}), 22},
    };
    for (const Case& c : cases) {
        for (const Family family : {Family::kIpv4, Family::kIpv6}) {
            for (const std::uint8_t flags : {kSyn, static_cast<std::uint8_t>(kSyn | kAck)}) {
                INFO(c.what << ", IPv" << static_cast<int>(family) << ", flags " << int{flags});
                const Packet packet(family, test::tcp(flags, c.options, test::filler(5)));
                const Bytes lowered = packet.lowered();
                CHECK(load_be<std::uint16_t>(lowered.data() + packet.offset + c.value_at) == kMost);
                CHECK(test::tcp_checksum_is_right(lowered, packet.offset));
                // Nothing but the value and the checksum has changed.
                Bytes expected = packet.octets;
                store_be(expected.data() + packet.offset + c.value_at, kMost);
                test::set_tcp_checksum(expected, packet.offset);
                CHECK(lowered == expected);
            }
        }
    }
}

TEST_CASE("packets that are left as they are") {
    const Bytes nops(4, 1);
    struct Case {
        const char* what;
        Bytes segment;
    };
    Bytes offset_too_short = test::tcp(kSyn, mss_option(1460));
    offset_too_short[12] = 4 << 4;
    Bytes offset_too_long = test::tcp(kSyn, mss_option(1460));
    offset_too_long[12] = 15 << 4;
    Bytes no_room_for_options = test::tcp(kSyn, mss_option(1460));
    no_room_for_options[12] = 5 << 4;
    const Case cases[] = {
        {"no SYN", test::tcp(kAck, mss_option(1460))},
        {"MSS low enough", test::tcp(kSyn, mss_option(kMost))},
        {"MSS lower still", test::tcp(kSyn, mss_option(536))},
        {"MSS of 0", test::tcp(kSyn, mss_option(0))},
        {"no MSS", test::tcp(kSyn, nops)},
        {"no options", test::tcp(kSyn, {})},
        {"behind the end of options", test::tcp(kSyn, joined({Bytes{0, 1, 1, 1}, mss_option(1460)}))},
        {"an option of length 0", test::tcp(kSyn, joined({Bytes{8, 0, 1, 1}, mss_option(1460)}))},
        {"an option of length 1", test::tcp(kSyn, joined({Bytes{8, 1, 1, 1}, mss_option(1460)}))},
        {"an option longer than the header", test::tcp(kSyn, Bytes{8, 5, 2, 4})},
        {"an MSS option of length 3", test::tcp(kSyn, Bytes{2, 3, 5, 1})},
        {"an MSS option of length 2", test::tcp(kSyn, Bytes{2, 2, 1, 1})},
        {"an MSS option that is cut off", test::tcp(kSyn, Bytes{1, 1, 2, 4})},
        {"a kind without a length", test::tcp(kSyn, Bytes{1, 1, 1, 2})},
        {"header length too short", offset_too_short},
        {"header longer than the segment", offset_too_long},
        {"MSS behind the header", no_room_for_options},
        {"UDP-like length", test::filler(19)},
    };
    for (const Case& c : cases) {
        for (const Family family : {Family::kIpv4, Family::kIpv6}) {
            INFO(c.what << ", IPv" << static_cast<int>(family));
            const Packet packet(family, c.segment.size() < 20 ? joined({c.segment, Bytes(1)}) : c.segment);
            CHECK(packet.lowered() == packet.octets);
        }
    }
    CHECK(Packet(Family::kIpv4, test::tcp(kSyn, mss_option(1460))).lowered(0) ==
          Packet(Family::kIpv4, test::tcp(kSyn, mss_option(1460))).octets);
}

TEST_CASE("a segment cut off anywhere is not read beyond") {
    const Bytes segment = test::tcp(kSyn, joined({Bytes{1}, mss_option(1460), Bytes{1, 1, 1}}));
    for (std::size_t length = 0; length < segment.size(); ++length) {
        const Bytes packet = test::ipv4(address("10.0.0.1"), address("10.0.0.2"), 6, ByteView(segment).first(length));
        Bytes copy(packet);
        copy.shrink_to_fit();
        lower_mss(copy, parse_inner(copy).value(), kMost);
        CHECK(copy == packet);
    }
}

TEST_CASE("a later fragment is payload, even if it looks like a SYN; UDP is not TCP") {
    const Bytes segment = test::tcp(kSyn, mss_option(1460));
    Bytes fragment = test::ipv4(address("10.0.0.1"), address("10.0.0.2"), 6, segment, 0x0010);
    const Bytes before = fragment;
    lower_mss(fragment, parse_inner(fragment).value(), kMost);
    CHECK(fragment == before);
    Bytes udp = test::ipv4(address("10.0.0.1"), address("10.0.0.2"), 17, segment);
    const Bytes udp_before = udp;
    lower_mss(udp, parse_inner(udp).value(), kMost);
    CHECK(udp == udp_before);
}

TEST_CASE("behind IPv4 options and IPv6 extension headers") {
    Bytes packet =
        test::ipv4(address("10.0.0.1"), address("10.0.0.2"), 6, test::tcp(kSyn, mss_option(9000)), 0, Bytes(8, 1));
    lower_mss(packet, parse_inner(packet).value(), kMost);
    CHECK(load_be<std::uint16_t>(packet.data() + 28 + 22) == kMost);
    const Bytes chain = joined({Bytes{6, 0, 1, 4, 0, 0, 0, 0}, test::tcp(kSyn, mss_option(9000))});
    packet = test::ipv6(address("2001:db8::1"), address("2001:db8::2"), 60, chain);
    lower_mss(packet, parse_inner(packet).value(), kMost);
    CHECK(load_be<std::uint16_t>(packet.data() + 48 + 22) == kMost);
}

TEST_CASE("random options and values: the checksum is the one computed anew, and no octet beyond is touched") {
    const std::uint64_t seed = 0x355;
    crypto::SeededRandom random(seed);
    int lowered_count = 0;
    for (int round = 0; round < 20'000; ++round) {
        Bytes options = random.bytes(4 * random.below(11));
        if (options.size() >= 4 && random.below(2) == 0) {
            const std::size_t at = random.below(options.size() - 3);
            std::fill_n(options.begin(), at, std::uint8_t{1});
            options[at] = 2;
            options[at + 1] = 4;
        }
        const Family family = random.below(2) == 0 ? Family::kIpv4 : Family::kIpv6;
        const Packet packet(family, test::tcp(kSyn, options, random.bytes(random.below(20))));
        const auto most = static_cast<std::uint16_t>(1 + random.below(65535));
        const Bytes lowered = packet.lowered(most);
        INFO("seed " << seed << ", round " << round << ": " << to_hex(packet.octets));
        REQUIRE(test::tcp_checksum_is_right(lowered, packet.offset));
        if (lowered != packet.octets) ++lowered_count;
    }
    CHECK(lowered_count > 2000);
}

}  // namespace
}  // namespace esplane::dataplane
