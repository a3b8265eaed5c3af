#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "dataplane/pipeline/esp_format.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"
#include "tests/unit/dataplane/support/sequence.h"

namespace esplane::dataplane {
namespace {

using test::Drops;
using test::InboundRig;
using test::OutboundRig;

TEST_CASE("a sealed packet, octet by octet (RFC 4303 2, RFC 4106 3), opened by OpenSSL") {
    for (const bool esn : {false, true}) {
        for (const std::size_t key_bits : {128, 192, 256}) {
            ChildOptions options = test::child_options();
            options.esn = esn;
            options.encr.key_bits = static_cast<std::uint16_t>(key_bits);
            options.key_out = options.key_out.slice(0, key_bits / 8 + 4);
            options.key_in = options.key_in.slice(0, key_bits / 8 + 4);
            OutboundRig rig(test::copy_of(options));
            const std::uint64_t used = esn ? 0x5'0000'0006 : 6;
            rig.child.out.sequence = test::sequence_after(used, esn);
            const Bytes inner = test::outgoing_packet(33);
            const auto sealed = rig.run({inner});
            INFO("ESN " << esn << ", " << key_bits << " bits");
            REQUIRE(sealed.size() == 1);
            const Bytes& esp = sealed[0];
            CHECK(esp.size() == sealed_length(rig.child.out.key, static_cast<std::uint32_t>(inner.size())));
            CHECK(esp.size() % 4 == 0);
            CHECK(load_be<std::uint32_t>(esp.data()) == to_number(options.spi_out));
            CHECK(load_be<std::uint32_t>(esp.data() + 4) == 7);
            CHECK(test::open_with_openssl(options.key_out, used + 1, esn, esp) == test::with_trailer(inner, 4));
        }
    }
}

TEST_CASE("the next header says which IP is inside") {
    const ChildOptions options = test::child_options();
    OutboundRig rig(test::copy_of(options));
    const auto sealed = rig.run({test::outgoing_packet(20), test::outgoing_packet(20, Family::kIpv6)});
    REQUIRE(sealed.size() == 2);
    CHECK(test::open_with_openssl(options.key_out, 1, false, sealed[0])->back() == 4);
    CHECK(test::open_with_openssl(options.key_out, 2, false, sealed[1])->back() == 41);
}

TEST_CASE("what was sealed opens again: every length, both families, with and without ESN") {
    for (const bool esn : {false, true}) {
        ChildOptions ours = test::child_options();
        ours.esn = esn;
        InboundRig in(test::mirrored(ours));
        OutboundRig out(std::move(ours));
        for (std::size_t length = 0; length <= 2000; ++length) {
            const std::vector<Bytes> packets{test::outgoing_packet(length),
                                             test::outgoing_packet(length, Family::kIpv6)};
            INFO("payload of " << length << ", ESN " << esn);
            const auto sealed = out.run(packets);
            REQUIRE(sealed.size() == 2);
            REQUIRE(in.run(sealed) == packets);
        }
        CHECK(in.child.in.volume.packets.read() == 4002);
        CHECK(out.child.out.volume.packets.read() == 4002);
        CHECK(in.child.in.volume.bytes.read() == out.child.out.volume.bytes.read());
        CHECK(in.ports == std::vector<ClearPort>(2, test::kDevice));
        CHECK(test::drops_of(in.worker_drops).empty());
        CHECK(test::drops_of(out.worker_drops).empty());
    }
}

TEST_CASE("octets behind the packet's own length are not sent") {
    const ChildOptions options = test::child_options();
    OutboundRig rig(test::copy_of(options));
    const Bytes inner = test::outgoing_packet(20);
    Bytes padded = inner;
    append(padded, Bytes(30, 0x77));
    const auto sealed = rig.run({padded});
    REQUIRE(sealed.size() == 1);
    CHECK(test::open_with_openssl(options.key_out, 1, false, sealed[0]) == test::with_trailer(inner, 4));
}

TEST_CASE("no number and no IV is used twice, whatever is dropped between") {
    OutboundRig rig(test::child_options());
    std::uint64_t expected = 0;
    for (int round = 0; round < 20; ++round) {
        const auto sealed = rig.run({test::outgoing_packet(1), Bytes(9), test::outgoing_packet(2), Bytes{0x45},
                                     test::outgoing_packet(3, Family::kIpv6)});
        REQUIRE(sealed.size() == 3);
        for (const Bytes& esp : sealed) {
            ++expected;
            CHECK(load_be<std::uint32_t>(esp.data() + 4) == expected);
            CHECK(load_be<std::uint64_t>(esp.data() + 8) == expected);
        }
    }
}

TEST_CASE("a sequence that is used up sends no more, and counts (RFC 4303 3.3.3)") {
    OutboundRig rig(test::child_options());
    rig.child.out.sequence = test::sequence_after(0xfffffffe, false);
    const auto sealed = rig.run({test::outgoing_packet(1), test::outgoing_packet(2), test::outgoing_packet(3)});
    REQUIRE(sealed.size() == 1);
    CHECK(load_be<std::uint32_t>(sealed[0].data() + 4) == 0xffffffff);
    CHECK(rig.run({test::outgoing_packet(1)}).empty());
    CHECK(test::drops_of(rig.tunnel.drops) == Drops{{"sequence_exhausted", 3}});
}

TEST_CASE("what would not fit a datagram is refused, and takes no number") {
    OutboundRig rig(test::child_options());
    const auto whole = [](std::size_t length) {
        return test::ipv4(test::address("10.1.0.9"), test::address("10.2.0.9"), 253, test::filler(length - 20), 0x4000);
    };
    // 65507 octets are the most that UDP carries over IPv4.
    const auto sealed = rig.run({whole(65535), whole(65471), whole(65470)});
    REQUIRE(sealed.size() == 1);
    CHECK(sealed[0].size() == 65504);
    CHECK(load_be<std::uint32_t>(sealed[0].data() + 4) == 1);
    CHECK(test::drops_of(rig.tunnel.drops) == Drops{{"too_big", 2}});
}

TEST_CASE("a sealed packet knows where it goes") {
    ChildOptions options = test::child_options();
    options.encapsulation = Encapsulation::kNone;
    const Path path = options.outer;
    OutboundRig rig(std::move(options));
    REQUIRE(rig.run({test::outgoing_packet(1)}).size() == 1);
    CHECK(rig.sealed[0].outer->path == path);
    CHECK(rig.sealed[0].outer->encapsulation == Encapsulation::kNone);
}

TEST_CASE("random subsets of full bursts are dropped, and exactly the others are sealed, in order") {
    const std::uint64_t seed = 0x0b;
    crypto::SeededRandom random(seed);
    const ChildOptions options = test::child_options();
    OutboundRig rig(test::copy_of(options));
    std::uint64_t sequence = 0;
    for (int round = 0; round < 100; ++round) {
        std::vector<Bytes> burst;
        std::vector<Bytes> good;
        const std::size_t size = round < 2 ? kBurst : 1 + random.below(kBurst);
        for (std::size_t i = 0; i < size; ++i) {
            burst.push_back(test::outgoing_packet(random.below(100)));
            if (round == 0 || (round > 1 && random.below(2) == 0)) {
                good.push_back(burst.back());
            } else {
                burst.back()[random.below(2) == 0 ? 0 : 17] ^= 0x20;  // version 6, or to 10.34.0.9
                if (burst.back()[0] == 0x65) burst.back().resize(20);
            }
        }
        const auto sealed = rig.run(burst);
        INFO("seed " << seed << ", round " << round);
        REQUIRE(sealed.size() == good.size());
        for (std::size_t i = 0; i < good.size(); ++i)
            REQUIRE(test::open_with_openssl(options.key_out, ++sequence, false, sealed[i]) ==
                    test::with_trailer(good[i], 4));
    }
}

}  // namespace
}  // namespace esplane::dataplane
