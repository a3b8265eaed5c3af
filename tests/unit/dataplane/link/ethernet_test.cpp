#include "dataplane/link/ethernet.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/link/frames.h"

namespace esplane::dataplane {
namespace {

std::optional<EthernetHeader> parsed(ByteView frame) {
    return parse_ethernet(test::Exactly(frame).view());
}

TEST_CASE("a MAC address is one station's, a group's, or nobody's") {
    struct Case {
        MacAddress mac;
        const char* text;
        bool multicast;
        bool broadcast;
        bool station;
    };
    const Case cases[] = {{{}, "00:00:00:00:00:00", false, false, false},
                          {{{0x02, 0, 0x5e, 0x10, 0xab, 1}}, "02:00:5e:10:ab:01", false, false, true},
                          {{{0, 0, 0, 0, 0, 1}}, "00:00:00:00:00:01", false, false, true},
                          {{{0x33, 0x33, 0xff, 0, 0, 1}}, "33:33:ff:00:00:01", true, false, false},
                          {{{0x01, 0, 0x5e, 0, 0, 1}}, "01:00:5e:00:00:01", true, false, false},
                          {kBroadcastMac, "ff:ff:ff:ff:ff:ff", true, true, false}};
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK(MacAddress::from_number(c.mac.to_number() | std::uint64_t{7} << MacAddress::kBits) == c.mac);
        CHECK(c.mac.to_string() == c.text);
        CHECK(c.mac.is_multicast() == c.multicast);
        CHECK(c.mac.is_broadcast() == c.broadcast);
        CHECK(c.mac.is_station() == c.station);
        CHECK(MacAddress::at(c.mac.octets.data()) == c.mac);
    }
}

TEST_CASE("a header is read with and without a tag") {
    const Bytes plain = test::ethernet(test::kOurMac, test::kPeerMac, 0x86dd, test::filler(3));
    struct Case {
        Bytes frame;
        std::optional<std::uint16_t> vlan;
        std::uint16_t type;
        std::uint32_t length;
    };
    const Case cases[] = {
        {plain, {}, 0x86dd, 14},
        {test::tagged(plain, 7), 7, 0x86dd, 18},
        {test::tagged(plain, 0xf000 | 4094), 4094, 0x86dd, 18},    // priority 7, eligible to be dropped
        {test::tagged(plain, 0xe000), {}, 0x86dd, 18},             // a priority only
        {test::tagged(test::tagged(plain, 5), 6), 6, 0x8100, 18},  // a second tag is not looked into
        {test::ethernet(test::kOurMac, test::kPeerMac, 0x88a8, {}), {}, 0x88a8, 14},
    };
    for (const Case& c : cases) {
        const auto header = parsed(c.frame);
        REQUIRE(header);
        CHECK(header->destination == test::kOurMac);
        CHECK(header->source == test::kPeerMac);
        CHECK(header->vlan == c.vlan);
        CHECK(header->type == c.type);
        CHECK(header->length == c.length);
    }
    CHECK_FALSE(parsed(test::tagged(plain, 4095)));
}

TEST_CASE("a frame that ends within its header is refused") {
    const Bytes plain = test::ethernet(test::kOurMac, test::kPeerMac, 0x0800, {});
    const Bytes tagged = test::tagged(plain, 7);
    for (std::size_t length = 0; length <= plain.size(); ++length)
        CHECK(parsed(ByteView(plain).first(length)).has_value() == (length == 14));
    for (std::size_t length = 0; length <= tagged.size(); ++length)
        CHECK(parsed(ByteView(tagged).first(length)).has_value() == (length == 18));
}

TEST_CASE("what is written is what was read, whatever it was") {
    constexpr std::uint64_t kSeed = 0xe7e7;
    crypto::SeededRandom random(kSeed);
    for (int step = 0; step < 5000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        Bytes frame = random.bytes(random.below(24));
        if (frame.size() >= 14 && random.below(2) == 0) store_be(frame.data() + 12, std::uint16_t{0x8100});
        const auto header = parsed(frame);
        if (!header) continue;
        Bytes again(18, 0xee);
        const std::uint32_t length = write_ethernet(*header, again.data());
        CHECK(length == (header->vlan ? 18U : 14U));
        const auto second = parsed(ByteView(again).first(length));
        // Unless the type within is a tag's again, which needs more octets.
        if (!second) continue;
        CHECK(second->destination == header->destination);
        CHECK(second->source == header->source);
        if (header->length == length) CHECK(second->vlan == header->vlan);
        if (header->length == length) CHECK(second->type == header->type);
    }
}

TEST_CASE("a short frame is filled with zeros, a long one stays") {
    for (const std::uint32_t header : {14U, 18U}) {
        for (std::uint32_t length = header; length < 80; ++length) {
            Bytes frame(80, 0xee);
            const std::uint32_t padded = pad_ethernet(frame.data(), header, length);
            CHECK(padded == std::max(length, header + 46));
            for (std::uint32_t i = 0; i < frame.size(); ++i)
                CHECK(frame[i] == (i >= length && i < padded ? 0 : 0xee));
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
