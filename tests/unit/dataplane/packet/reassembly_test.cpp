#include "dataplane/packet/reassembly.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "dataplane/packet/ecn.h"
#include "tests/unit/dataplane/packet/fragments.h"
#include "tests/unit/dataplane/packet/reassembly_rig.h"
#include "tests/unit/dataplane/support/allocations.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::after;
using test::Fate;
using test::filler;
using test::fragment;
using test::kFamilies;
using test::kScope;
using test::Part;
using test::Rig;
using test::slice;
using test::whole_of;
using Drop = ReassemblyDrop;

Bytes with_class(Bytes packet, std::uint8_t value) {
    set_traffic_class(packet, value);
    return packet;
}

TEST_CASE("a packet that is no fragment is given back as it came, less what follows it") {
    Rig rig;
    for (const Family family : kFamilies) {
        const Bytes packet = whole_of(family, filler(100));
        Bytes padded = packet;
        append(padded, filler(30));
        const Fate fate = rig.add(padded);
        CHECK(fate.what == "whole");
        CHECK(fate.datagram == packet);
    }
    CHECK(rig.reassembly.datagrams() == 0);
    CHECK(rig.add({}).what == "malformed");
}

TEST_CASE("three fragments in every order make the datagram") {
    const Bytes data = filler(60);
    std::array<int, 3> order = {0, 1, 2};
    do {
        for (const Family family : kFamilies) {
            INFO("IPv" << static_cast<int>(family) << ": " << order[0] << order[1] << order[2]);
            const Bytes slices[] = {slice(family, data, 0, 24), slice(family, data, 24, 48),
                                    slice(family, data, 48, 60)};
            Rig rig;
            CHECK(rig.add(slices[order[0]]).what == "held");
            CHECK(rig.add(slices[order[1]]).what == "held");
            const Fate fate = rig.add(slices[order[2]]);
            CHECK(fate.what == "whole");
            CHECK(fate.datagram == whole_of(family, data));
            CHECK(rig.reassembly.datagrams() == 0);
            CHECK(rig.dropped() == 0);
        }
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("the first fragment's headers are the datagram's") {
    const Bytes data = filler(32);
    Bytes first = test::ipv4(test::kV4, test::kV4Peer, test::kGre, ByteView(data).first(16), 0x6000, Bytes(8, 1));
    Bytes second = test::ipv4(test::kV4, test::kV4Peer, test::kGre, ByteView(data).subspan(16), 2);
    first[8] = 33;
    Rig rig;
    CHECK(rig.add(second).what == "held");
    Bytes expected = test::ipv4(test::kV4, test::kV4Peer, test::kGre, data, 0x4000, Bytes(8, 1));
    const Bytes joined = rig.add(first).datagram;
    CHECK(test::ipv4_header_checksum_is_right(joined));
    expected[8] = 33;
    store_be(expected.data() + 10, load_be<std::uint16_t>(joined.data() + 10));
    CHECK(joined == expected);

    // RFC 8200 4.5: next header and unfragmentable part, too. The later fragment has others.
    Bytes routing(8);
    routing[0] = test::kFragmentHeader;
    append(routing, ByteView(test::ipv6_fragment({.more = true}, ByteView(data).first(16))).subspan(40));
    CHECK(rig.add(test::ipv6_fragment({.offset = 16, .protocol = 17}, ByteView(data).subspan(16))).what == "held");
    Bytes chain(8);
    chain[0] = test::kGre;
    append(chain, data);
    CHECK(rig.add(test::ipv6(test::kV6, test::kV6Peer, 43, routing)).datagram ==
          test::ipv6(test::kV6, test::kV6Peer, 43, chain));
}

TEST_CASE("fragments of different datagrams do not meet") {
    const Bytes data = filler(32);
    for (const Family family : kFamilies) {
        Rig rig;
        CHECK(rig.add(slice(family, data, 0, 16)).what == "held");
        CHECK(rig.add(slice(family, data, 16, 32, 2)).what == "held");
        CHECK(rig.add(slice(family, data, 16, 32), after({}), kScope + 1).what == "held");
        const bool v4 = family == Family::kIpv4;
        const Bytes other = v4 ? test::ipv4_fragment({.offset = 16}, filler(16), test::address("10.1.2.4"))
                               : test::ipv6_fragment({.offset = 16}, filler(16), test::address("2001:db8::9"));
        CHECK(rig.add(other).what == "held");
        // Of another protocol: another datagram in IPv4, the same one in IPv6.
        CHECK(rig.add(fragment(family, {.offset = 16, .protocol = 50}, ByteView(data).subspan(16))).what ==
              (v4 ? "held" : "whole"));
        CHECK(rig.reassembly.datagrams() == (v4 ? 5 : 3));
    }
}

TEST_CASE("an atomic fragment is whole at once, and leaves others of its identification alone") {
    const Bytes data = filler(32);
    Rig rig;
    CHECK(rig.add(slice(Family::kIpv6, data, 0, 16)).what == "held");
    const Fate fate = rig.add(test::ipv6_fragment({}, filler(9)));
    CHECK(fate.what == "whole");
    CHECK(fate.datagram == whole_of(Family::kIpv6, filler(9)));
    CHECK(rig.add(slice(Family::kIpv6, data, 16, 32)).datagram == whole_of(Family::kIpv6, data));

    // Behind another extension header.
    Bytes chain(8);
    chain[0] = test::kFragmentHeader;
    append(chain, ByteView(test::ipv6_fragment({}, filler(9))).subspan(40));
    Bytes expected(8);
    expected[0] = test::kGre;
    append(expected, filler(9));
    CHECK(rig.add(test::ipv6(test::kV6, test::kV6Peer, 60, chain)).datagram ==
          test::ipv6(test::kV6, test::kV6Peer, 60, expected));
}

TEST_CASE("an overlap ends the datagram") {
    struct Case {
        const char* name;
        std::uint32_t begin, end;
    };
    const Case cases[] = {{"within", 24, 32},        {"head", 16, 24},          {"tail", 32, 40},
                          {"over the front", 8, 24}, {"over the back", 32, 48}, {"around", 8, 48},
                          {"all before it", 0, 24}};
    const Bytes data = filler(64);
    for (const Family family : kFamilies) {
        for (const Case& c : cases) {
            INFO("IPv" << static_cast<int>(family) << ", " << c.name);
            Rig rig;
            CHECK(rig.add(slice(family, data, 16, 40)).what == "held");
            CHECK(rig.add(slice(family, data, c.begin, c.end)).what == "overlap");
            CHECK(rig.dropped(Drop::kOverlap) == 2);
            CHECK(rig.reassembly.free_blocks() == Rig().reassembly.free_blocks());
            // RFC 5722 4: so do those still to come.
            const bool v4 = family == Family::kIpv4;
            CHECK(rig.add(slice(family, data, 0, 16)).what == (v4 ? "held" : "overlap"));
            CHECK(rig.add(slice(family, data, 40, 64)).what == (v4 ? "held" : "overlap"));
            CHECK(rig.add(slice(family, data, 16, 40)).what == (v4 ? "whole" : "overlap"));
            // Until its time is over.
            CHECK(rig.add(slice(family, data, 0, 16), after(seconds(30))).what == "held");
        }
    }
}

TEST_CASE("an exact duplicate is dropped, the datagram goes on; of other content it is an overlap") {
    const Bytes data = filler(5000);
    for (const Family family : kFamilies) {
        INFO("IPv" << static_cast<int>(family));
        Rig rig;
        CHECK(rig.add(slice(family, data, 0, 2400)).what == "held");
        CHECK(rig.add(slice(family, data, 0, 2400)).what == "duplicate");
        CHECK(rig.add(slice(family, data, 4000, 5000)).what == "held");
        CHECK(rig.add(slice(family, data, 4000, 5000)).what == "duplicate");
        CHECK(rig.add(slice(family, data, 2400, 4000)).datagram == whole_of(family, data));
        CHECK(rig.dropped() == 2);

        Bytes other = data;
        other[2300] ^= 1;
        CHECK(rig.add(slice(family, data, 0, 2400)).what == "held");
        CHECK(rig.add(slice(family, other, 0, 2400)).what == "overlap");
    }
}

TEST_CASE("ends that contradict each other end the datagram") {
    const Bytes data = filler(64);
    for (const Family family : kFamilies) {
        for (const Part& part : {Part{.offset = 48}, Part{.offset = 64, .more = true}, Part{.offset = 64}}) {
            INFO("IPv" << static_cast<int>(family) << ", offset " << part.offset);
            Rig rig;
            CHECK(rig.add(slice(family, data, 32, 64)).what == "held");
            CHECK(rig.add(fragment(family, part, filler(8))).what == "malformed");
            CHECK(rig.dropped(Drop::kMalformed) == 2);
        }
        Rig rig;
        CHECK(rig.add(slice(family, data, 32, 48)).what == "held");
        CHECK(rig.add(slice(family, ByteView(data).first(32), 24, 32)).what == "malformed");
    }
}

TEST_CASE("a fragment that cannot be is dropped by itself") {
    const Bytes data = filler(32);
    for (const Family family : kFamilies) {
        INFO("IPv" << static_cast<int>(family));
        Rig rig;
        CHECK(rig.add(slice(family, data, 0, 16)).what == "held");
        CHECK(rig.add(fragment(family, {.offset = 16, .more = true}, filler(12))).what == "malformed");
        CHECK(rig.add(fragment(family, {.offset = 16, .more = true}, {})).what == "malformed");
        CHECK(rig.add(fragment(family, {.offset = 16}, {})).what == "malformed");
        CHECK(rig.add(fragment(family, {.offset = 65528}, filler(16))).what == "too_long");
        CHECK(rig.add(slice(family, data, 16, 32)).datagram == whole_of(family, data));
        CHECK(rig.dropped() == 4);
    }
    Rig rig;
    CHECK(rig.add(test::ipv6_fragment({.more = true, .protocol = test::kFragmentHeader}, filler(16))).what ==
          "malformed");
    // An unfragmentable part of more than 256 octets.
    for (const std::size_t units : {26U, 27U}) {
        Bytes options((units + 1) * 8);
        options[0] = test::kFragmentHeader;
        options[1] = static_cast<std::uint8_t>(units);
        append(options, ByteView(test::ipv6_fragment({.more = true}, filler(16))).subspan(40));
        CHECK(rig.add(test::ipv6(test::kV6, test::kV6Peer, 60, options)).what == (units == 26 ? "held" : "malformed"));
    }
}

TEST_CASE("the longest datagram, and one octet more") {
    struct Case {
        Family family;
        std::size_t header, longest;
    };
    const Case cases[] = {{Family::kIpv4, 20, 65515}, {Family::kIpv6, 40, 65535}};
    for (const Case& c : cases) {
        for (const std::size_t length : {c.longest, c.longest + 1}) {
            INFO("IPv" << static_cast<int>(c.family) << ", " << length);
            const Bytes data = filler(length);
            Rig rig;
            Fate fate;
            for (std::size_t at = 0; at < length; at += 4096)
                fate = rig.add(slice(c.family, data, at, std::min(at + 4096, length)));
            CHECK(fate.what == (length == c.longest ? "whole" : "too_long"));
            if (length == c.longest) CHECK(fate.datagram == whole_of(c.family, data));
        }
    }
}

TEST_CASE("a first fragment's longer header can make the datagram too long") {
    const Bytes data = filler(65515);
    Rig rig;
    const Bytes first = test::ipv4(test::kV4, test::kV4Peer, test::kGre, ByteView(data).first(32768), 0x2000, Bytes(4));
    Bytes second = test::ipv4(test::kV4, test::kV4Peer, test::kGre, ByteView(data).subspan(32768), 4096);
    CHECK(rig.add(first).what == "held");
    CHECK(rig.add(second).what == "too_long");
    CHECK(rig.dropped(Drop::kTooLong) == 2);
    CHECK(rig.reassembly.datagrams() == 0);
}

TEST_CASE("a first fragment holds the whole transport header") {
    struct Case {
        std::uint8_t protocol;
        std::uint8_t length;
        bool tiny;
    };
    const Case cases[] = {{6, 8, true},   {6, 16, false},  {17, 8, false},        {1, 8, false},
                          {58, 8, false}, {132, 8, false}, {test::kGre, 8, false}};
    for (const Family family : kFamilies) {
        for (const Case& c : cases) {
            INFO("IPv" << static_cast<int>(family) << ", protocol " << int{c.protocol} << ", " << int{c.length});
            Rig rig;
            const Bytes data = filler(c.length);
            CHECK(rig.add(fragment(family, {.more = true, .protocol = c.protocol}, data)).what ==
                  (c.tiny ? "tiny" : "held"));
            // Later ones may be short.
            CHECK(rig.add(fragment(family, {.offset = 64, .more = true, .protocol = c.protocol}, data)).what == "held");
        }
    }
    // RFC 7112 5: the chain of extension headers ends in the first fragment.
    Rig rig;
    Bytes options(8);
    options[0] = 17;
    CHECK(rig.add(test::ipv6_fragment({.more = true, .protocol = 60}, options)).what == "tiny");
    append(options, filler(8));
    CHECK(rig.add(test::ipv6_fragment({.more = true, .protocol = 60}, options)).what == "held");
    options[1] = 2;
    CHECK(rig.add(test::ipv6_fragment({.more = true, .identification = 2, .protocol = 60}, options)).what == "tiny");
}

TEST_CASE("congestion that one fragment met, the datagram met") {
    struct Case {
        Ecn first, second;
        std::optional<Ecn> joined;
    };
    const Case cases[] = {{Ecn::kNotEct, Ecn::kNotEct, Ecn::kNotEct},
                          {Ecn::kEct0, Ecn::kCe, Ecn::kCe},
                          {Ecn::kCe, Ecn::kEct1, Ecn::kCe},
                          {Ecn::kCe, Ecn::kCe, Ecn::kCe},
                          {Ecn::kEct0, Ecn::kEct1, Ecn::kEct0},
                          {Ecn::kNotEct, Ecn::kCe, {}},
                          {Ecn::kCe, Ecn::kNotEct, {}}};
    const Bytes data = filler(32);
    for (const Family family : kFamilies) {
        for (const Case& c : cases) {
            INFO("IPv" << static_cast<int>(family) << ": " << static_cast<int>(c.first) << static_cast<int>(c.second));
            Rig rig;
            CHECK(rig.add(with_class(slice(family, data, 0, 16), with_ecn(0xb8, c.first))).what == "held");
            const Fate fate = rig.add(with_class(slice(family, data, 16, 32), with_ecn(0x28, c.second)));
            CHECK(fate.what == (c.joined ? "whole" : "mixed_ecn"));
            CHECK(rig.dropped(Drop::kMixedEcn) == (c.joined ? 0 : 2));
            if (c.joined) CHECK(fate.datagram == with_class(whole_of(family, data), with_ecn(0xb8, *c.joined)));
        }
    }
}

TEST_CASE("a datagram has thirty seconds from its first fragment on") {
    const Bytes data = filler(48);
    for (const Family family : kFamilies) {
        Rig rig;
        CHECK(rig.add(slice(family, data, 0, 16)).what == "held");
        CHECK(rig.add(slice(family, data, 16, 32), after(seconds(29))).what == "held");
        CHECK(rig.add(slice(family, data, 32, 48), after(seconds(30))).what == "held");
        CHECK(rig.dropped(Drop::kTimeout) == 2);
        rig.reassembly.expire(after(seconds(60)));
        CHECK(rig.dropped(Drop::kTimeout) == 3);
        CHECK(rig.reassembly.datagrams() == 0);
        CHECK(rig.reassembly.free_blocks() == Rig().reassembly.free_blocks());
    }
}

TEST_CASE("there are only so many datagrams, and of one source only so many of them") {
    const Bytes data = filler(32);
    Rig rig({.limits = {.datagrams = 8, .per_source = 4, .hash_seed = 5}});
    for (std::uint32_t id = 0; id < 6; ++id)
        CHECK(rig.add(slice(Family::kIpv4, data, 0, 16, id)).what == "held");
    CHECK(rig.reassembly.datagrams() == 4);
    CHECK(rig.dropped(Drop::kTooMany) == 2);
    // The oldest have given way, so the newest become whole.
    CHECK(rig.add(slice(Family::kIpv4, data, 16, 32, 5)).what == "whole");
    for (std::uint32_t i = 0; i < 20; ++i) {
        const IpAddress from = IpAddress::v4(0x0a020000 + i);
        CHECK(rig.add(test::ipv4_fragment({.more = true}, filler(16), from)).what == "held");
        CHECK(rig.reassembly.datagrams() <= 8);
    }
    CHECK(rig.add(test::ipv4_fragment({.offset = 16}, filler(16), IpAddress::v4(0x0a020000 + 19))).what == "whole");
}

TEST_CASE("a datagram has no more than 64 fragments") {
    const Bytes data = filler(528);
    for (const Family family : kFamilies) {
        Rig rig;
        for (std::size_t i = 0; i < 64; ++i)
            CHECK(rig.add(slice(family, data, i * 8, i * 8 + 8)).what == "held");
        CHECK(rig.add(slice(family, data, 512, 520)).what == "too_many");
        CHECK(rig.dropped(Drop::kTooMany) == 65);
    }
}

TEST_CASE("memory that is used up is the oldest datagrams' to give back") {
    Rig rig({.memory_bytes = 0});  // that is 64 KiB
    const Bytes data = filler(60000);
    for (std::uint32_t id = 0; id < 16; ++id)
        CHECK(rig.add(slice(Family::kIpv6, ByteView(data).first(4000), 0, 3992, id)).what == "held");
    CHECK(rig.reassembly.free_blocks() == 0);
    for (std::size_t at = 0; at < data.size(); at += 8000) {
        const std::size_t end = std::min(at + 8000, data.size());
        const Fate fate = rig.add(slice(Family::kIpv6, data, at, end, 99));
        CHECK(fate.what == (end == data.size() ? "whole" : "held"));
    }
    CHECK(rig.dropped(Drop::kTooMany) == 15);
    // One had not to give way: the last two blocks are its.
    CHECK(rig.add(slice(Family::kIpv6, ByteView(data).first(4000), 3992, 4000, 15)).what == "whole");
    CHECK(rig.reassembly.free_blocks() == 32);
}

TEST_CASE("packets cut off anywhere are malformed, and nothing beyond them is read") {
    Rig rig;
    for (const Family family : kFamilies) {
        for (const bool more : {false, true}) {
            const Bytes packet = fragment(family, {.more = more, .protocol = 6}, filler(32));
            for (std::size_t length = 0; length < packet.size(); ++length)
                CHECK(rig.add(ByteView(packet).first(length)).what == "malformed");
        }
    }
}

TEST_CASE("reassembly allocates nothing once it is made") {
    const Bytes data = filler(9000);
    std::vector<Bytes> packets;
    for (const Family family : kFamilies) {
        for (std::uint32_t id = 0; id < 20; ++id) {
            for (std::size_t at = 0; at < data.size(); at += 1480)
                packets.push_back(
                    slice(family, data, at, std::min(at + 1480 + (id % 5 == 0 ? 8 : 0), data.size()), id));
        }
    }
    Reassembly reassembly({.limits = {.datagrams = 8, .per_source = 6}, .memory_bytes = 0});
    int wholes = 0;
    const std::size_t before = test::allocations();
    for (Bytes& packet : packets)
        wholes += reassembly.add(packet, 0, after({})).datagram.empty() ? 0 : 1;
    reassembly.expire(after(seconds(60)));
    CHECK(test::allocations() == before);
    CHECK(wholes == 32);
}

TEST_CASE("each reason for a fragment's drop has a name of its own") {
    const std::set<std::string_view> names(std::begin(kReassemblyDropNames), std::end(kReassemblyDropNames));
    CHECK(names.size() == kReassemblyDropCount);
}

}  // namespace
}  // namespace esplane::dataplane
