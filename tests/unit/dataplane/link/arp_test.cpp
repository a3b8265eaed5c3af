#include "dataplane/link/arp.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/link/frames.h"

namespace esplane::dataplane {
namespace {

using test::address;

const IpAddress kOurs = address("192.0.2.1");
const IpAddress kPeer = address("192.0.2.2");

std::optional<ArpPacket> parsed(ByteView payload) {
    return parse_arp(test::Exactly(payload).view());
}

TEST_CASE("ARP: requests, replies and probes are read, with padding behind them") {
    for (const std::uint16_t operation : {std::uint16_t{1}, std::uint16_t{2}}) {
        Bytes payload = test::arp(operation, test::kPeerMac, kPeer, test::kOurMac, kOurs);
        for (const std::size_t padding : {0U, 18U}) {
            append(payload, test::filler(padding));
            const auto packet = parsed(payload);
            REQUIRE(packet);
            CHECK(static_cast<std::uint16_t>(packet->operation) == operation);
            CHECK(packet->sender_mac == test::kPeerMac);
            CHECK(packet->sender == kPeer);
            CHECK(packet->target_mac == test::kOurMac);
            CHECK(packet->target == kOurs);
        }
    }
    CHECK(parsed(test::arp(1, test::kPeerMac, address("0.0.0.0"), {}, kOurs)));
}

TEST_CASE("ARP: whatever else there is is refused") {
    const Bytes right = test::arp(1, test::kPeerMac, kPeer, {}, kOurs);
    for (std::size_t length = 0; length < right.size(); ++length)
        CHECK_FALSE(parsed(ByteView(right).first(length)));
    struct Case {
        std::size_t at;
        std::uint8_t octet;
        const char* why;
    };
    const Case cases[] = {{1, 6, "hardware"},     {0, 1, "hardware"},        {2, 0x86, "protocol"},
                          {4, 8, "MAC length"},   {5, 16, "address length"}, {7, 0, "operation 0"},
                          {7, 3, "RARP"},         {6, 1, "operation 257"},   {8, 0x03, "multicast sender MAC"},
                          {14, 224, "multicast"}, {14, 255, "broadcast"}};
    for (const Case& c : cases) {
        INFO(c.why);
        Bytes wrong = right;
        wrong[c.at] = c.octet;
        CHECK_FALSE(parsed(wrong));
    }
    CHECK_FALSE(parsed(test::arp(1, {}, kPeer, {}, kOurs)));
    CHECK_FALSE(parsed(test::arp(2, kBroadcastMac, kPeer, test::kOurMac, kOurs)));
}

TEST_CASE("ARP: a request to everybody, and to who had the address last") {
    Bytes room(kLongestArpFrame, 0xee);
    std::uint32_t length = write_arp_request({test::kOurMac, {}}, kOurs, kPeer, kBroadcastMac, room.data());
    Bytes expected =
        test::ethernet(kBroadcastMac, test::kOurMac, 0x0806, test::arp(1, test::kOurMac, kOurs, {}, kPeer));
    expected.resize(60);
    CHECK(to_hex(ByteView(room).first(length)) == to_hex(expected));

    length = write_arp_request({test::kOurMac, 9}, kOurs, kPeer, test::kPeerMac, room.data());
    expected = test::tagged(
        test::ethernet(test::kPeerMac, test::kOurMac, 0x0806, test::arp(1, test::kOurMac, kOurs, {}, kPeer)), 9);
    expected.resize(64);
    CHECK(to_hex(ByteView(room).first(length)) == to_hex(expected));
}

TEST_CASE("ARP: a reply answers the station that asked") {
    const ArpPacket request = *parsed(test::arp(1, test::kPeerMac, kPeer, kBroadcastMac, kOurs));
    Bytes room(kLongestArpFrame, 0xee);
    const std::uint32_t length = write_arp_reply({test::kOurMac, {}}, request, room.data());
    Bytes expected = test::ethernet(test::kPeerMac, test::kOurMac, 0x0806,
                                    test::arp(2, test::kOurMac, kOurs, test::kPeerMac, kPeer));
    expected.resize(60);
    CHECK(to_hex(ByteView(room).first(length)) == to_hex(expected));
}

TEST_CASE("ARP: random octets, and packets with one octet changed, against the rules in a row") {
    constexpr std::uint64_t kSeed = 0xa49;
    crypto::SeededRandom random(kSeed);
    int accepted = 0;
    for (int step = 0; step < 20'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        Bytes payload = test::arp(static_cast<std::uint16_t>(1 + random.below(2)), test::kPeerMac, kPeer, {}, kOurs);
        payload[random.below(random.below(2) == 0 ? 8 : payload.size())] = static_cast<std::uint8_t>(random.below(256));
        if (random.below(10) == 0) payload.resize(random.below(40));
        const bool expected = payload.size() >= 28 && to_hex(ByteView(payload).first(6)) == "000108000604" &&
                              payload[6] == 0 && (payload[7] == 1 || payload[7] == 2) && payload[8] % 2 == 0 &&
                              to_hex(ByteView(payload).subspan(8, 6)) != "000000000000" && payload[14] < 224;
        CHECK(parsed(payload).has_value() == expected);
        accepted += expected ? 1 : 0;
    }
    CHECK(accepted > 5000);
}

}  // namespace
}  // namespace esplane::dataplane
