// The largest packets: what fits a UDP datagram of 65,507 octets once it is sealed, for every suite, and an octet more.
#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/fate.h"
#include "tests/unit/dataplane/support/suite_peer.h"

namespace esplane::dataplane {
namespace {

using test::dropped;
using test::fate_of;
using test::InboundRig;
using test::OutboundRig;
using test::passes_as;
using test::Suite;
using test::SuitePeer;

constexpr std::size_t kLargest = 65535 - 20 - 8;  // of an IPv4 packet's payload, without a UDP header

/// By RFC 4303 2: the text is whole blocks, two octets of it are pad length and next header.
std::size_t largest_inner(const SuitePeer& peer) {
    const std::size_t room = kLargest - peer.overhead();
    return room / peer.block_length() * peer.block_length() - 2;
}

Bytes whole(std::size_t length, Family family, bool incoming) {
    const std::size_t payload = length - (family == Family::kIpv4 ? 20 : 40);
    return incoming ? test::incoming_packet(payload, family) : test::outgoing_packet(payload, family);
}

TEST_CASE("the largest inner packet that fits is sealed and opened; one octet more is too big, and takes no number") {
    for (const Suite& suite : crypto::test::all_suites()) {
        const ChildOptions ours = test::child_options_of(suite, true);
        const SuitePeer layout(suite, ours);
        const std::size_t largest = largest_inner(layout);
        // Number by number: what each suite adds to 65,507 octets.
        if (suite.encr.id == crypto::EncrId::kAesGcm16) CHECK(largest == 65470);
        if (suite.encr.id == crypto::EncrId::kAesCbc && suite.integ == crypto::IntegId::kHmacSha256_128)
            CHECK(largest == 65454);
        TunnelPolicy policy = test::tunnel_policy();
        policy.fragment = FragmentPolicy::kNever;
        OutboundRig out(test::copy_of(ours), policy);
        InboundRig in(test::mirrored(ours));
        std::uint32_t number = 0;
        for (const Family family : {Family::kIpv4, Family::kIpv6}) {
            INFO(test::name_of(suite) << ", IPv" << static_cast<int>(family) << " of " << largest);
            for (const std::size_t more : {1, 2, 16}) {
                CHECK(fate_of(out, whole(largest + more, family, false)) == dropped("too_big"));
            }
            if (family == Family::kIpv4) CHECK(fate_of(out, whole(65535, family, false)) == dropped("too_big"));
            for (const std::size_t less : {0, 1, 15}) {
                const Bytes inner = whole(largest - less, family, false);
                const auto sealed = out.run({inner});
                REQUIRE(sealed.size() == 1);
                CHECK(sealed[0].size() <= kLargest);
                CHECK(load_be<std::uint32_t>(sealed[0].data() + 4) == ++number);
                CHECK(in.run(sealed) == std::vector<Bytes>{inner});
            }
        }
        CHECK(test::drops_of(in.worker_drops).empty());
    }
}

TEST_CASE("a full datagram of the peer's: an inner packet of every octet of it, or a small one and TFC padding") {
    for (const Suite& suite : crypto::test::all_suites()) {
        const ChildOptions ours = test::child_options_of(suite);
        const SuitePeer peer(suite, ours);
        InboundRig in(test::copy_of(ours));
        const std::size_t largest = largest_inner(peer);
        INFO(test::name_of(suite));
        const Bytes inner = whole(largest, Family::kIpv4, true);
        const Bytes full = peer.packet(1, inner);
        CHECK(full.size() <= kLargest);
        CHECK(full.size() + peer.block_length() > kLargest);
        CHECK(fate_of(in, full) == passes_as(inner));
        const Bytes small = test::incoming_packet(30);
        Bytes padded = small;
        padded.resize(largest, 0x45);
        CHECK(fate_of(in, peer.packet(2, padded)) == passes_as(small));
        Bytes forged = peer.packet(3, inner);
        forged[forged.size() / 2] ^= 1;
        CHECK(fate_of(in, forged) == dropped("bad_icv"));
        CHECK(fate_of(in, peer.packet(4, padded, 59)) == dropped("dummy"));
    }
}

TEST_CASE("a text larger than any buffer is refused before anything is written") {
    // No socket hands out such a datagram; a backend of the future might.
    const Suite gcm = test::suite_of_each_kind().front();
    const ChildOptions ours = test::child_options_of(gcm);
    const SuitePeer peer(gcm, ours);
    InboundRig in(test::copy_of(ours));
    const Bytes inner = test::incoming_packet(40);
    Bytes padded = inner;
    padded.resize(65536 - 2, 0);
    CHECK(fate_of(in, peer.packet(1, padded)) == passes_as(inner));
    padded.resize(65536 - 2 + 4, 0);
    CHECK(fate_of(in, peer.packet(2, padded)) == dropped("too_big"));
    // And has not moved the window.
    CHECK(fate_of(in, peer.packet(2, inner)) == passes_as(inner));
}

}  // namespace
}  // namespace esplane::dataplane
