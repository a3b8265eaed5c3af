#include "dataplane/link/frame_kind.h"

#include <catch2/catch.hpp>
#include <random>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

constexpr MacAddress kOurs{{2, 0, 0, 0, 0, 1}};
constexpr MacAddress kOther{{2, 0, 0, 0, 0, 2}};

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

PortSetup port(PortRole role = PortRole::kBoth) {
    PortSetup setup{.role = role, .mac = kOurs};
    setup.addresses = {{ip("192.0.2.1"), 24}, {ip("2001:db8::1"), 64}};
    return setup;
}

Bytes ethernet(std::uint16_t type, const Bytes& payload, MacAddress to = kOurs,
               std::optional<std::uint16_t> vlan = std::nullopt) {
    Bytes frame(18);
    frame.resize(write_ethernet({.destination = to, .source = kOther, .type = type, .vlan = vlan}, frame.data()));
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

Bytes ipv4(const char* to, std::uint8_t protocol, const Bytes& payload, std::uint16_t fragment = 0) {
    Bytes packet{0x45, 0xb8, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 9, 0, 0, 0, 0};
    store_be(&packet[2], static_cast<std::uint16_t>(20 + payload.size()));
    store_be(&packet[6], fragment);
    const IpAddress destination = ip(to);
    std::copy_n(destination.octets().begin(), 4, packet.begin() + 16);
    store_be(&packet[10], checksum_finish(checksum_add(0, packet)));
    packet.insert(packet.end(), payload.begin(), payload.end());
    return packet;
}

Bytes ipv6(const char* to, std::uint8_t protocol, const Bytes& payload) {
    Bytes packet(40);
    packet[0] = 0x60;
    store_be(&packet[4], static_cast<std::uint16_t>(payload.size()));
    packet[6] = protocol;
    packet[7] = 255;
    std::copy_n(ip("2001:db8::9").octets().begin(), 16, packet.begin() + 8);
    const IpAddress destination = ip(to);
    std::copy_n(destination.octets().begin(), 16, packet.begin() + 24);
    packet.insert(packet.end(), payload.begin(), payload.end());
    return packet;
}

Bytes udp(std::uint16_t to, std::size_t payload) {
    Bytes datagram(8 + payload);
    store_be(&datagram[0], std::uint16_t{1024});
    store_be(&datagram[2], to);
    store_be(&datagram[4], static_cast<std::uint16_t>(datagram.size()));
    return datagram;
}

FrameKind kind(const Bytes& frame, const PortSetup& setup = port(), bool good = false) {
    return kind_of(frame, setup, {}, good);
}

const Bytes kEsp(40, 0x11);

}  // namespace

TEST_CASE("Frames are told apart by what is in them and for whom it is") {
    struct Case {
        Bytes frame;
        FrameContents contents;
        std::uint32_t begin = 0;
        std::uint32_t length = 0;
    };
    const std::vector<Case> cases{
        {ethernet(kEtherTypeArp, Bytes(28), kBroadcastMac), FrameContents::kLink},
        {ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolEsp, kEsp)), FrameContents::kRawEsp, 34, 40},
        {ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolUdp, udp(4500, 40))), FrameContents::kUdpEsp, 42, 40},
        {ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolUdp, udp(500, 28))), FrameContents::kIke, 42, 28},
        {ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolUdp, udp(53, 28))), FrameContents::kOwn, 14, 56},
        {ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", 6, Bytes(20))), FrameContents::kOwn, 14, 40},
        {ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolEsp, kEsp, 0x2000)), FrameContents::kFragment, 14, 60},
        {ethernet(kEtherTypeIpv4, ipv4("10.9.0.1", 6, Bytes(20))), FrameContents::kPacket, 14, 40},
        {ethernet(kEtherTypeIpv6, ipv6("2001:db8::1", kProtocolEsp, kEsp)), FrameContents::kRawEsp, 54, 40},
        {ethernet(kEtherTypeIpv6, ipv6("2001:db8::1", kProtocolUdp, udp(4500, 40))), FrameContents::kUdpEsp, 62, 40},
        {ethernet(kEtherTypeIpv6, ipv6("2001:db8::1", kProtocolIpv6Icmp, Bytes{136, 0, 0, 0})), FrameContents::kLink},
        {ethernet(kEtherTypeIpv6, ipv6("ff02::1:ff00:1", kProtocolIpv6Icmp, Bytes{135, 0, 0, 0}),
                  {{0x33, 0x33, 0xff, 0, 0, 1}}),
         FrameContents::kLink},
        {ethernet(kEtherTypeIpv6, ipv6("fd09::1", 6, Bytes(20))), FrameContents::kPacket, 14, 60},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        CAPTURE(i);
        const FrameKind found = kind(cases[i].frame);
        CHECK(found.contents == cases[i].contents);
        CHECK(found.begin == cases[i].begin);
        CHECK(found.length == cases[i].length);
    }
}

TEST_CASE("What is ESP or IKE says from where, to which of our addresses, and how it is marked") {
    const Bytes in_udp = ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolUdp, udp(4500, 40)));
    CHECK(outer_path(in_udp, kind(in_udp)) == Path{{ip("192.0.2.1"), 4500}, {ip("192.0.2.9"), 1024}});
    CHECK(kind(in_udp).traffic_class == 0xb8);
    const Bytes raw = ethernet(kEtherTypeIpv6, ipv6("2001:db8::1", kProtocolEsp, kEsp));
    CHECK(outer_path(raw, kind(raw)) == Path{{ip("2001:db8::1"), 0}, {ip("2001:db8::9"), 0}});
}

TEST_CASE("Padding behind a short packet is none of it") {
    Bytes frame = ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolUdp, udp(4500, 1)));
    frame.resize(60);
    CHECK(kind(frame).length == 1);
}

TEST_CASE("Frames for others, of another VLAN, or of a side that the port is not on, are not for us") {
    const Bytes plain = ipv4("10.9.0.1", 6, Bytes(20));
    PortSetup tagged = port();
    tagged.vlan = 7;
    CHECK(kind(ethernet(kEtherTypeIpv4, plain, kOther)).reason == DropReason::kNotForUs);
    CHECK(kind(ethernet(kEtherTypeIpv4, plain, kBroadcastMac)).reason == DropReason::kNotForUs);
    CHECK(kind(ethernet(kEtherTypeIpv4, plain), tagged).reason == DropReason::kNotForUs);
    CHECK(kind(ethernet(kEtherTypeIpv4, plain, kOurs, 7)).reason == DropReason::kNotForUs);
    CHECK(kind(ethernet(kEtherTypeIpv4, plain, kOurs, 7), tagged).contents == FrameContents::kPacket);
    CHECK(kind(ethernet(kEtherTypeIpv4, plain), port(PortRole::kCipher)).reason == DropReason::kNotForUs);
    CHECK(kind(ethernet(0x88cc, plain)).reason == DropReason::kNotForUs);
    // On the clear side nobody is a peer.
    CHECK(kind(ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolEsp, kEsp)), port(PortRole::kClear)).contents ==
          FrameContents::kOwn);
}

TEST_CASE("Fragments to our addresses are gathered where they may carry IPsec, and only there") {
    const auto contents4 = [](std::uint8_t protocol, std::uint16_t field, PortRole role = PortRole::kCipher) {
        return kind(ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", protocol, Bytes(24), field)), port(role)).contents;
    };
    // The first one, one between and the last; ports or SPI stand in the first alone.
    for (const std::uint16_t field : {std::uint16_t{0x2000}, std::uint16_t{0x2005}, std::uint16_t{0x0005}}) {
        CHECK(contents4(kProtocolEsp, field) == FrameContents::kFragment);
        CHECK(contents4(kProtocolUdp, field) == FrameContents::kFragment);
        CHECK(contents4(kProtocolUdp, field, PortRole::kBoth) == FrameContents::kFragment);
        CHECK(contents4(kProtocolIcmp, field) == FrameContents::kOwn);
        CHECK(contents4(6, field) == FrameContents::kOwn);
        CHECK(contents4(kProtocolEsp, field, PortRole::kClear) == FrameContents::kOwn);
    }
    CHECK(contents4(kProtocolEsp, 0x4000) == FrameContents::kRawEsp);  // DF, and no fragment
    const auto contents6 = [](const Bytes& payload) {
        return kind(ethernet(kEtherTypeIpv6, ipv6("2001:db8::1", kProtocolIpv6Fragment, payload))).contents;
    };
    Bytes fragment(32);
    for (const std::uint8_t protocol : {kProtocolEsp, kProtocolUdp}) {
        fragment[0] = protocol;
        CHECK(contents6(fragment) == FrameContents::kFragment);
    }
    fragment[0] = kProtocolIpv6Icmp;
    CHECK(contents6(fragment) == FrameContents::kOwn);
    CHECK(contents6({}) == FrameContents::kOwn);
    // To somebody else it is a packet as any other.
    CHECK(kind(ethernet(kEtherTypeIpv4, ipv4("10.9.0.1", kProtocolEsp, kEsp, 0x2000))).contents ==
          FrameContents::kPacket);
}

TEST_CASE("What was put together from fragments is told apart as frames are") {
    const auto whole = [](const Bytes& packet, PortRole role = PortRole::kCipher) {
        return kind_of_whole(packet, port(role), {});
    };
    const Bytes esp = ipv4("192.0.2.1", kProtocolEsp, kEsp);
    CHECK(whole(esp).contents == FrameContents::kRawEsp);
    CHECK(whole(esp).begin == 20);
    CHECK(whole(esp).length == 40);
    CHECK(whole(esp).traffic_class == 0xb8);
    CHECK(outer_path(esp, whole(esp)) == Path{{ip("192.0.2.1"), 0}, {ip("192.0.2.9"), 0}});
    const Bytes in_udp = ipv6("2001:db8::1", kProtocolUdp, udp(4500, 40));
    CHECK(whole(in_udp).contents == FrameContents::kUdpEsp);
    CHECK(outer_path(in_udp, whole(in_udp)) == Path{{ip("2001:db8::1"), 4500}, {ip("2001:db8::9"), 1024}});
    CHECK(whole(ipv4("192.0.2.1", kProtocolUdp, udp(500, 40))).contents == FrameContents::kIke);
    CHECK(whole(ipv4("192.0.2.1", kProtocolUdp, udp(53, 40))).contents == FrameContents::kOwn);
    Bytes cut = udp(4500, 40);
    cut.resize(7);
    CHECK(whole(ipv4("192.0.2.1", kProtocolUdp, cut)).reason == DropReason::kBadFrame);
}

TEST_CASE("A wrong checksum makes a frame bad, unless the device has said that it is right") {
    Bytes frame = ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolEsp, kEsp));
    frame[24] ^= 1;
    CHECK(kind(frame).reason == DropReason::kBadFrame);
    CHECK(kind(frame, port(), true).contents == FrameContents::kRawEsp);
}

TEST_CASE("Whatever a frame holds, what is found lies within it") {
    const std::vector<Bytes> seeds{
        ethernet(kEtherTypeIpv4, ipv4("192.0.2.1", kProtocolUdp, udp(4500, 40))),
        ethernet(kEtherTypeIpv4, ipv4("10.9.0.1", 6, Bytes(20))),
        ethernet(kEtherTypeIpv6, ipv6("2001:db8::1", kProtocolUdp, udp(500, 40))),
    };
    const auto seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 100'000; ++i) {
        Bytes frame = seeds[random() % seeds.size()];
        for (auto changes = random() % 4; changes > 0; --changes)
            frame[random() % frame.size()] = static_cast<std::uint8_t>(random());
        frame.resize(random() % (frame.size() + 1));
        const FrameKind found = kind(frame, port(), true);
        REQUIRE(std::size_t{found.begin} + found.length <= frame.size());
    }
}

}  // namespace esplane::dataplane
