#include "dataplane/link/responder.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/link/icmpv6.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::address;
using test::after;
using test::arp;
using test::discovery;
using test::ethernet;
using test::kOtherMac;
using test::kOurMac;
using test::kPeerMac;
using test::mac_option;
using Step = NeighbourTable::Step;
using Verdict = LinkResponder::Verdict;

constexpr PortNumber kPort{2};
const IpAddress kOurs4 = address("192.0.2.1");
const IpAddress kPeer4 = address("192.0.2.2");
const IpAddress kOurs6 = address("2001:db8::1");
const IpAddress kPeer6 = address("2001:db8::2");
const IpAddress kGroup = address("ff02::1:ff00:1");  // of kOurs6
const IpAddress kNone4 = address("0.0.0.0");
const IpAddress kNone6 = address("::");
constexpr MacAddress kGroupMac{{0x33, 0x33, 0xff, 0, 0, 1}};

PortOptions options(std::optional<std::uint16_t> vlan = {}) {
    return {.name = "wan",
            .addresses = {{kOurs4, 24}, {address("198.51.100.9"), 31}, {kOurs6, 64}, {address("fe80::1"), 64}},
            .vlan = vlan};
}

/// A port, its table and its time.
class Bench {
  public:
    explicit Bench(std::optional<std::uint16_t> vlan = {})
        : table({.entries = 64}), responder(kPort, kOurMac, options(vlan), table) {}

    /// What it has to send about the frame; that is all that changes in memory.
    LinkResponder::Outcome take(const Bytes& frame, std::size_t room = kLongestLinkFrame) {
        Bytes memory = frame;
        memory.resize(std::max(frame.size(), room), 0xee);
        const test::Exactly exact(memory);
        const auto outcome = responder.handle(exact.view().first(frame.size()), room, after(time));
        reply = to_bytes(exact.view().first(outcome.length));
        CHECK((outcome.length > 0) == (outcome.verdict == Verdict::kReply));
        if (outcome.verdict != Verdict::kReply) CHECK(to_bytes(exact.view()) == memory);
        return outcome;
    }
    std::optional<MacAddress> find(const IpAddress& wanted) const { return table.find(kPort, wanted); }

    NeighbourTable table;
    LinkResponder responder;
    milliseconds time{};
    Bytes reply;
};

Bytes arp_frame(const MacAddress& destination, ByteView payload, const MacAddress& source = kPeerMac) {
    return ethernet(destination, source, 0x0806, payload);
}

Bytes nd_frame(const MacAddress& destination, ByteView packet, const MacAddress& source = kPeerMac) {
    return ethernet(destination, source, 0x86dd, packet);
}

Bytes padded(Bytes frame, std::size_t length = 60) {
    frame.resize(std::max(frame.size(), length));
    return frame;
}

const Bytes kArpRequest = arp_frame(kBroadcastMac, arp(1, kPeerMac, kPeer4, {}, kOurs4));
const Bytes kArpReply = padded(ethernet(kPeerMac, kOurMac, 0x0806, arp(2, kOurMac, kOurs4, kPeerMac, kPeer4)));

Bytes solicitation(const IpAddress& source, ByteView option) {
    return nd_frame(kGroupMac, test::icmpv6(source, kGroup, 255, discovery(135, 0, kOurs6, option)));
}

Bytes advertisement(std::uint8_t flags, const IpAddress& destination, ByteView option,
                    const IpAddress& target = kPeer6) {
    return nd_frame(kOurMac, test::icmpv6(target, destination, 255, discovery(136, flags, target, option)));
}

Bytes echo4(const MacAddress& destination = kOurMac) {
    Bytes message = from_hex("0800 0000 0001 0002 616263");
    store_be(message.data() + 2, static_cast<std::uint16_t>(65535 - test::checksum_residue(message)));
    return ethernet(destination, kPeerMac, 0x0800, test::ipv4(kPeer4, kOurs4, 1, message));
}

TEST_CASE("responder: an ARP request to us is answered, and its sender learnt") {
    Bench bench;
    CHECK(bench.take(kArpRequest).verdict == Verdict::kReply);
    CHECK(to_hex(bench.reply) == to_hex(kArpReply));
    CHECK(bench.find(kPeer4) == kPeerMac);
    CHECK(bench.take(padded(kArpRequest)).verdict == Verdict::kReply);
    CHECK(to_hex(bench.reply) == to_hex(kArpReply));
    CHECK(bench.responder.counters().answered.read() == 2);
    CHECK_FALSE(bench.table.find(PortNumber{0}, kPeer4));
}

TEST_CASE("responder: only neighbours that can be are learnt from a request") {
    struct Case {
        const char* sender;
        bool learnt;
    };
    const Case cases[] = {{"192.0.2.2", true},  {"192.0.2.254", true}, {"192.0.2.0", false},   {"192.0.2.255", false},
                          {"192.0.3.2", false}, {"10.0.0.1", false},   {"198.51.100.8", true}, {"198.51.100.7", false},
                          {"127.0.0.1", false}, {"0.0.0.0", false}};
    for (const Case& c : cases) {
        INFO(c.sender);
        Bench bench;
        CHECK(bench.take(arp_frame(kBroadcastMac, arp(1, kPeerMac, address(c.sender), {}, kOurs4))).verdict ==
              Verdict::kReply);
        CHECK(bench.find(address(c.sender)).has_value() == c.learnt);
    }
}

TEST_CASE("responder: ARP that is not about us says something of those we know, and no more") {
    Bench bench;
    const Bytes gratuitous = arp_frame(kBroadcastMac, arp(1, kPeerMac, kPeer4, {}, kPeer4));
    const Bytes reply = arp_frame(kOurMac, arp(2, kPeerMac, kPeer4, kOurMac, kOurs4));
    CHECK(bench.take(gratuitous).verdict == Verdict::kDone);
    CHECK(bench.take(reply).verdict == Verdict::kDone);  // nobody asked
    CHECK_FALSE(bench.find(kPeer4));
    CHECK(bench.table.statistics().refused == 2);
    CHECK(bench.table.want(kPort, kPeer4, after(bench.time)) == Step::kAsk);
    CHECK(bench.take(reply).verdict == Verdict::kDone);
    CHECK(bench.find(kPeer4) == kPeerMac);
    // Failover: another station announces that it has the address now.
    bench.time += seconds(2);
    CHECK(bench.take(arp_frame(kBroadcastMac, arp(1, kOtherMac, kPeer4, {}, kPeer4), kOtherMac)).verdict ==
          Verdict::kDone);
    CHECK(bench.find(kPeer4) == kOtherMac);
}

TEST_CASE("responder: an address outside the prefixes, a gateway's, is learnt from its answer") {
    Bench bench;
    const IpAddress far = address("203.0.113.1");
    CHECK(bench.table.want(kPort, far, after(bench.time)) == Step::kAsk);
    bench.take(arp_frame(kOurMac, arp(2, kPeerMac, far, kOurMac, kOurs4)));
    CHECK(bench.find(far) == kPeerMac);
}

TEST_CASE("responder: ARP probes for our address are answered, and nobody is learnt") {
    Bench bench;
    CHECK(bench.take(arp_frame(kBroadcastMac, arp(1, kPeerMac, kNone4, {}, kOurs4))).verdict == Verdict::kReply);
    CHECK(bench.table.statistics().entries == 0);
    CHECK(bench.responder.counters().duplicates.read() == 0);
}

TEST_CASE("responder: another station with our address is counted and reported every ten seconds") {
    Bench bench;
    const Bytes claims[] = {arp_frame(kBroadcastMac, arp(1, kPeerMac, kOurs4, {}, kOurs4)),
                            arp_frame(kBroadcastMac, arp(2, kPeerMac, kOurs4, kBroadcastMac, kOurs4)),
                            arp_frame(kBroadcastMac, arp(1, kPeerMac, kOurs4, {}, kPeer4)),
                            nd_frame(kOurMac, test::icmpv6(kOurs6, address("ff02::1"), 255,
                                                           discovery(136, 0x20, kOurs6, mac_option(2, kPeerMac)))),
                            solicitation(kOurs6, mac_option(1, kPeerMac))};
    std::uint64_t seen = 0;
    for (const Bytes& claim : claims) {
        const auto outcome = bench.take(claim);
        REQUIRE(outcome.duplicate);
        CHECK(outcome.duplicate->mac == kPeerMac);
        CHECK((outcome.duplicate->address == kOurs4 || outcome.duplicate->address == kOurs6));
        CHECK_FALSE(bench.take(claim).duplicate);
        CHECK(bench.responder.counters().duplicates.read() == (seen += 2));
        bench.time += seconds(10);
    }
    CHECK(bench.table.statistics().entries == 0);
}

TEST_CASE("responder: a solicitation of ours is answered, and its sender learnt") {
    Bench bench;
    CHECK(bench.take(solicitation(kPeer6, mac_option(1, kPeerMac))).verdict == Verdict::kReply);
    const Bytes told = discovery(136, 0xe0, kOurs6, mac_option(2, kOurMac));
    CHECK(to_hex(bench.reply) == to_hex(ethernet(kPeerMac, kOurMac, 0x86dd, test::icmpv6(kOurs6, kPeer6, 255, told))));
    CHECK(bench.find(kPeer6) == kPeerMac);
    const IpAddress link_local = address("fe80::77");
    CHECK(bench.take(solicitation(link_local, mac_option(1, kPeerMac))).verdict == Verdict::kReply);
    CHECK(bench.find(link_local) == kPeerMac);
    // Without an option, and from elsewhere: answered where it came from.
    CHECK(bench.take(solicitation(address("2001:db8::3"), {})).verdict == Verdict::kReply);
    CHECK(MacAddress::at(bench.reply.data()) == kPeerMac);
    CHECK_FALSE(bench.find(address("2001:db8::3")));
    CHECK(bench.take(solicitation(address("2001:db9::3"), mac_option(1, kPeerMac))).verdict == Verdict::kReply);
    CHECK_FALSE(bench.find(address("2001:db9::3")));
    // Whoever looks whether our address is free learns that it is not, with a reply longer than the question.
    CHECK(bench.take(solicitation(kNone6, {})).verdict == Verdict::kReply);
    CHECK(bench.reply.size() == 14 + 40 + 32);
    CHECK(MacAddress::at(bench.reply.data()) == MacAddress{{0x33, 0x33, 0, 0, 0, 1}});
}

TEST_CASE("responder: solicitations of others, routers' messages and redirects are done with") {
    Bench bench;
    const Bytes other = test::icmpv6(kPeer6, kGroup, 255, discovery(135, 0, address("2001:db8::9")));
    CHECK(bench.take(nd_frame(kGroupMac, other)).verdict == Verdict::kDone);
    const Bytes elsewhere = test::icmpv6(kPeer6, address("ff02::1"), 255, discovery(135, 0, kOurs6));
    CHECK(bench.take(nd_frame(kGroupMac, elsewhere)).verdict == Verdict::kDone);
    for (const std::uint8_t type : {std::uint8_t{133}, std::uint8_t{134}, std::uint8_t{137}})
        CHECK(bench.take(nd_frame(kOurMac, test::icmpv6(kPeer6, kOurs6, 255, discovery(type, 0, kPeer6)))).verdict ==
              Verdict::kDone);
    CHECK(bench.responder.counters().malformed.read() == 0);
    CHECK(bench.table.statistics().entries == 0);
    CHECK(bench.take(nd_frame(kOurMac, test::icmpv6(kPeer6, kOurs6, 64, discovery(136, 0, kPeer6)))).verdict ==
          Verdict::kDone);
    CHECK(bench.responder.counters().malformed.read() == 1);
}

TEST_CASE("responder: advertisements by the rules of RFC 4861 7.2.5") {
    const Bytes other = mac_option(2, kOtherMac);
    struct Case {
        std::uint8_t flags;
        bool changes;
    };
    const Case cases[] = {{0x60, true}, {0x40, false}, {0x20, true}, {0x00, false}};
    for (const Case& c : cases) {
        Bench bench;
        CHECK(bench.take(advertisement(c.flags, kOurs6, mac_option(2, kPeerMac))).verdict == Verdict::kDone);
        CHECK_FALSE(bench.find(kPeer6));
        CHECK(bench.table.want(kPort, kPeer6, after(bench.time)) == Step::kAsk);
        CHECK(bench.take(advertisement(c.flags, kOurs6, mac_option(2, kPeerMac))).verdict == Verdict::kDone);
        CHECK(bench.find(kPeer6) == kPeerMac);
        bench.time += seconds(2);
        bench.take(advertisement(c.flags, kOurs6, other));
        CHECK(bench.find(kPeer6) == (c.changes ? kOtherMac : kPeerMac));
    }
}

TEST_CASE("responder: an advertisement without a MAC address confirms the entry that was asked") {
    Bench bench;
    bench.table.want(kPort, kPeer6, after({}));
    bench.take(advertisement(0x60, kOurs6, mac_option(2, kPeerMac)));
    std::size_t questions = 0;
    for (; bench.time < seconds(60); bench.time += milliseconds(50)) {
        (void)bench.find(kPeer6);
        if (!bench.table.next_question(after(bench.time))) continue;
        ++questions;
        bench.take(advertisement(0x40, kOurs6, {}));
    }
    CHECK(questions == 2);
    CHECK(bench.find(kPeer6) == kPeerMac);
}

TEST_CASE("responder: echo is answered to who sent the frame") {
    Bench bench;
    CHECK(bench.take(echo4()).verdict == Verdict::kReply);
    CHECK(bench.reply.size() == 60);
    const auto header = parse_ethernet(bench.reply);
    CHECK(header->destination == kPeerMac);
    CHECK(header->source == kOurMac);
    CHECK(test::ipv4_header_checksum_is_right(ByteView(bench.reply).subspan(14)));
    CHECK(test::checksum_residue(ByteView(bench.reply).subspan(34, 11)) == 0);
    CHECK(to_hex(ByteView(bench.reply).subspan(45)) == std::string(30, '0'));
    const Bytes request6 = test::icmpv6(kPeer6, kOurs6, 9, from_hex("8000 0000 0001 0001"));
    CHECK(bench.take(nd_frame(kOurMac, request6)).verdict == Verdict::kReply);
    CHECK(to_hex(bench.reply) ==
          to_hex(padded(
              ethernet(kPeerMac, kOurMac, 0x86dd, test::icmpv6(kOurs6, kPeer6, 64, from_hex("8100 0000 0001 0001"))))));
    CHECK(bench.responder.counters().echoes.read() == 2);
    // A long one, which fills all the room there is.
    Bytes longer = from_hex("8000 0000 0001 0001");
    append(longer, test::filler(1452));
    const Bytes frame = nd_frame(kOurMac, test::icmpv6(kPeer6, kOurs6, 9, longer));
    CHECK(bench.take(frame, frame.size()).length == frame.size());
    CHECK(test::icmpv6_residue(ByteView(bench.reply).subspan(14)) == 0);
    // To everybody, which RFC 1122 3.3.6 has us ignore; and with a wrong checksum.
    CHECK(bench.take(echo4(kBroadcastMac)).verdict == Verdict::kDone);
    Bytes wrong = echo4();
    wrong.back() ^= 1;
    CHECK(bench.take(wrong).verdict == Verdict::kDone);
    CHECK(bench.responder.counters().malformed.read() == 2);
}

TEST_CASE("responder: what is not for this layer is not touched") {
    Bench bench;
    const Bytes datagram = test::udp(1, 2, test::filler(20));
    Bytes wrong_type = echo4();
    wrong_type[12] = 0x86;
    wrong_type[13] = 0xdd;
    const Bytes frames[] = {ethernet(kOurMac, kPeerMac, 0x0800, test::ipv4(kPeer4, kOurs4, 17, datagram)),
                            ethernet(kOurMac, kPeerMac, 0x86dd, test::ipv6(kPeer6, kOurs6, 17, datagram)),
                            ethernet(kOurMac, kPeerMac, 0x0800, {}),
                            ethernet(kOurMac, kPeerMac, 0x86dd, {}),
                            ethernet(kOurMac, kPeerMac, 0x88cc, test::filler(40)),
                            ethernet(kOurMac, kPeerMac, 0x0800, test::ipv4(kPeer4, kPeer4, 1, from_hex("08000000"))),
                            wrong_type};
    for (const Bytes& frame : frames)
        CHECK(bench.take(frame).verdict == Verdict::kNotOurs);
}

TEST_CASE("responder: frames of other stations and other VLANs say nothing") {
    Bench plain;
    Bench tagged(7);
    const Bytes wrong[] = {arp_frame(kOtherMac, arp(1, kPeerMac, kPeer4, {}, kOurs4)),
                           arp_frame(kBroadcastMac, arp(1, kPeerMac, kPeer4, {}, kOurs4), kOurMac),
                           arp_frame(kBroadcastMac, arp(1, kPeerMac, kPeer4, {}, kOurs4), kGroupMac),
                           arp_frame(kBroadcastMac, arp(1, kPeerMac, kPeer4, {}, kOurs4), {}),
                           test::tagged(kArpRequest, 8),
                           test::tagged(kArpRequest, 4095),
                           from_hex("ffffffffffff"),
                           {}};
    for (const Bytes& frame : wrong) {
        CHECK(plain.take(frame).verdict == Verdict::kDone);
        CHECK(tagged.take(frame).verdict == Verdict::kDone);
    }
    CHECK(plain.responder.counters().foreign.read() == std::size(wrong));
    CHECK(plain.table.statistics().entries == 0);
    CHECK(tagged.take(kArpRequest).verdict == Verdict::kDone);
    CHECK(plain.take(test::tagged(kArpRequest, 7)).verdict == Verdict::kDone);
    CHECK(tagged.take(test::tagged(kArpRequest, 0x6007)).verdict == Verdict::kReply);
    CHECK(to_hex(tagged.reply) == to_hex(padded(test::tagged(kArpReply, 7), 64)));
    // A tag that says no more than a priority is answered without one.
    CHECK(plain.take(test::tagged(kArpRequest, 0x6000)).verdict == Verdict::kReply);
    CHECK(to_hex(plain.reply) == to_hex(kArpReply));
    CHECK(plain.take(test::tagged(echo4(), 0x6000)).verdict == Verdict::kReply);
    CHECK(parse_ethernet(plain.reply)->length == 14);
    CHECK(test::checksum_residue(ByteView(plain.reply).subspan(34, 11)) == 0);
    CHECK(tagged.take(test::tagged(echo4(), 7)).verdict == Verdict::kReply);
    CHECK(parse_ethernet(tagged.reply)->vlan == 7);
}

TEST_CASE("responder: without room there is no reply, and a flood gets so many and no more") {
    Bench bench;
    CHECK(bench.take(kArpRequest, kLongestLinkFrame - 1).verdict == Verdict::kDone);
    CHECK(bench.take(echo4(), kLongestLinkFrame - 1).verdict == Verdict::kDone);
    CHECK(bench.find(kPeer4) == kPeerMac);
    CHECK(bench.responder.counters().throttled.read() == 2);
    for (int i = 0; i < 2000; ++i) {
        bench.take(kArpRequest);
        bench.take(echo4());
    }
    CHECK(bench.responder.counters().answered.read() == 256);
    CHECK(bench.responder.counters().echoes.read() == 256);
    bench.time += milliseconds(10);
    for (int i = 0; i < 2000; ++i) {
        bench.take(kArpRequest);
        bench.take(echo4());
    }
    CHECK(bench.responder.counters().answered.read() == 256 + 20);
    CHECK(bench.responder.counters().echoes.read() == 256 + 100);
}

TEST_CASE("responder: a question comes from an address of the same prefix, if there is one") {
    Bench bench;
    struct Case {
        const char* wanted;
        const char* source;
    };
    const Case cases[] = {{"192.0.2.77", "192.0.2.1"},       {"198.51.100.8", "198.51.100.9"},
                          {"203.0.113.1", "192.0.2.1"},      {"2001:db8::77", "2001:db8::1"},
                          {"2001:db8:1::77", "2001:db8::1"}, {"fe80::77", "fe80::1"}};
    for (const Case& c : cases) {
        INFO(c.wanted);
        Bytes room(kLongestLinkFrame, 0xee);
        Bytes expected(kLongestLinkFrame, 0xee);
        const IpAddress wanted = address(c.wanted);
        for (const auto& known : {std::optional<MacAddress>{}, std::optional(kPeerMac)}) {
            const std::uint32_t length = bench.responder.write_question(wanted, known, room.data());
            const Station us{kOurMac, {}};
            const std::uint32_t right =
                wanted.family() == Family::kIpv4
                    ? write_arp_request(us, address(c.source), wanted, known.value_or(kBroadcastMac), expected.data())
                    : write_neighbour_solicitation(us, address(c.source), wanted, known, expected.data());
            CHECK(length == right);
            CHECK(to_hex(room) == to_hex(expected));
        }
    }
    const LinkResponder v4_only(kPort, kOurMac, {.addresses = {{kOurs4, 24}}}, bench.table);
    Bytes room(kLongestLinkFrame);
    CHECK(v4_only.write_question(kPeer6, {}, room.data()) == 0);
}

TEST_CASE("responder: two ports resolve each other, and a third that listens learns nothing") {
    constexpr MacAddress kTheirMac{{2, 0, 0, 0, 0, 9}};
    for (const bool v4 : {true, false}) {
        Bench ours(5);
        Bench third(5);
        NeighbourTable table({.entries = 4});
        const IpAddress& address = v4 ? kPeer4 : kPeer6;
        LinkResponder theirs(kPort, kTheirMac, {.addresses = {{address, 24}}, .vlan = 5}, table);
        CHECK(ours.table.want(kPort, address, after({})) == Step::kAsk);
        Bytes frame(kLongestLinkFrame);
        const std::uint32_t length = ours.responder.write_question(address, {}, frame.data());
        const auto answer = theirs.handle(MutableByteView(frame).first(length), frame.size(), after({}));
        REQUIRE(answer.verdict == Verdict::kReply);
        frame.resize(answer.length);
        CHECK(ours.take(frame).verdict == Verdict::kDone);
        CHECK(ours.find(address) == kTheirMac);
        CHECK(table.find(kPort, v4 ? kOurs4 : kOurs6) == kOurMac);
        third.take(frame);
        CHECK_FALSE(third.find(address));
    }
}

TEST_CASE("responder: frames with octets changed: a reply is right, and goes to a station") {
    constexpr std::uint64_t kSeed = 0x4e5;
    crypto::SeededRandom random(kSeed);
    Bench bench;
    const Bytes seeds[] = {kArpRequest,
                           solicitation(kPeer6, mac_option(1, kPeerMac)),
                           solicitation(kNone6, {}),
                           advertisement(0x60, kOurs6, mac_option(2, kPeerMac)),
                           echo4(),
                           nd_frame(kOurMac, test::icmpv6(kPeer6, kOurs6, 9, from_hex("8000 0000 0001 0001")))};
    int replies = 0;
    for (int step = 0; step < 20'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        bench.time += milliseconds(1);
        Bytes frame = seeds[random.below(std::size(seeds))];
        for (std::uint64_t i = random.below(3); i > 0; --i)
            frame[random.below(frame.size())] = static_cast<std::uint8_t>(random.below(256));
        if (random.below(10) == 0) frame.resize(random.below(frame.size()));
        if (random.below(10) == 0 && frame.size() >= 14) frame = test::tagged(frame, 0);
        if (bench.take(frame).verdict != Verdict::kReply) continue;
        ++replies;
        const auto header = parse_ethernet(bench.reply);
        REQUIRE(header);
        CHECK(header->source == kOurMac);
        CHECK_FALSE(header->vlan);
        CHECK((header->destination.is_station() || header->destination == MacAddress{{0x33, 0x33, 0, 0, 0, 1}}));
        CHECK(bench.reply.size() >= 60);
        const ByteView packet = ByteView(bench.reply).subspan(14);
        if (header->type == 0x0806) CHECK(parse_arp(packet)->sender_mac == kOurMac);
        if (header->type == 0x0800) CHECK(test::ipv4_header_checksum_is_right(packet));
        const std::size_t length = header->type == 0x86dd ? 40U + load_be<std::uint16_t>(packet.data() + 4) : 0;
        if (length > 0) CHECK(test::icmpv6_residue(packet.first(length)) == 0);
    }
    CHECK(replies > 5000);
    CHECK_FALSE(bench.find(kOurs4));
    CHECK_FALSE(bench.find(kOurs6));
}

TEST_CASE("an announcement changes what others know, and answers nothing") {
    for (const auto& vlan : {std::optional<std::uint16_t>{}, std::optional<std::uint16_t>{7}}) {
        for (const IpAddress& own : {kOurs4, kOurs6}) {
            CAPTURE(own.to_string(), vlan.value_or(0));
            Bench ours(vlan);
            NeighbourTable table({.entries = 64});
            PortOptions theirs = options(vlan);
            theirs.addresses = {{kPeer4, 24}, {kPeer6, 64}};
            LinkResponder other(kPort, kPeerMac, theirs, table);
            table.want(kPort, own, after(seconds(0)));
            table.heard(kPort, own, kOtherMac, after(seconds(0)), Heard::kAnswer);
            Bytes frame(kLongestLinkFrame);
            const std::uint32_t length = ours.responder.write_announcement(own, frame.data());
            REQUIRE(length <= kLongestLinkFrame);
            const auto outcome = other.handle(MutableByteView(frame).first(length), frame.size(), after(seconds(5)));
            CHECK(outcome.verdict == Verdict::kDone);
            CHECK(table.find(kPort, own) == kOurMac);
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
