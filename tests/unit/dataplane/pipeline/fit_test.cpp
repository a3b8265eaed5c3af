#include "dataplane/pipeline/fit.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "dataplane/packet/reassembly.h"
#include "tests/unit/dataplane/packet/fragments.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::Drops;
using test::InboundRig;
using test::OutboundRig;

constexpr std::uint32_t kMtu = 1400;

TunnelPolicy policy_of(FragmentPolicy fragment, DfPolicy df) {
    TunnelPolicy policy = test::tunnel_policy();
    policy.mtu_bytes = kMtu;
    policy.fragment = fragment;
    policy.df = df;
    return policy;
}

Bytes v4(std::size_t length, bool df) {
    return test::ipv4(address("10.1.0.9"), address("10.2.0.9"), 253, test::filler(length - 20), df ? 0x4000 : 0);
}
Bytes v6(std::size_t length) {
    return test::ipv6(address("2001:db8:1::9"), address("2001:db8:2::9"), 253, test::filler(length - 40));
}

TEST_CASE("what becomes of a packet by its length, its DF and the policy") {
    using F = FragmentPolicy;
    using D = DfPolicy;
    struct Row {
        F fragment;
        D df;
        Bytes packet;
        Fate fate;
    };
    const Row rows[] = {
        {F::kBefore, D::kCopy, v4(1400, true), Fate::kFits},
        {F::kBefore, D::kCopy, v4(1401, true), Fate::kTell},
        {F::kBefore, D::kCopy, v4(1401, false), Fate::kFragment},
        {F::kBefore, D::kSet, v4(1401, false), Fate::kFragment},
        {F::kBefore, D::kSet, v4(1401, true), Fate::kTell},
        {F::kBefore, D::kClear, v4(1401, true), Fate::kFragment},
        {F::kAfter, D::kCopy, v4(1401, false), Fate::kFits},
        {F::kAfter, D::kCopy, v4(1401, true), Fate::kTell},
        {F::kAfter, D::kClear, v4(1401, true), Fate::kFits},
        {F::kAfter, D::kClear, v4(65535, false), Fate::kFragment},
        {F::kNever, D::kCopy, v4(1401, false), Fate::kDrop},
        {F::kNever, D::kCopy, v4(1401, true), Fate::kTell},
        {F::kNever, D::kClear, v4(1401, true), Fate::kDrop},
        {F::kBefore, D::kCopy, v6(1400), Fate::kFits},
        {F::kBefore, D::kCopy, v6(1401), Fate::kTell},
        {F::kAfter, D::kClear, v6(1401), Fate::kTell},
        {F::kNever, D::kCopy, v6(1401), Fate::kTell},
    };
    for (const Row& row : rows) {
        INFO("fragment " << int(row.fragment) << ", df " << int(row.df) << ", length " << row.packet.size()
                         << ", version " << (row.packet[0] >> 4) << ", DF " << int(row.packet[6]));
        OutboundRig rig(test::child_options(), policy_of(row.fragment, row.df));
        CHECK(fate_of(*parse_inner(row.packet), row.packet, rig.child.out) == row.fate);
    }
}

TEST_CASE("IPv6 packets of 1280 octets pass any tunnel") {
    TunnelPolicy policy = policy_of(FragmentPolicy::kBefore, DfPolicy::kCopy);
    policy.mtu_bytes = 1000;
    OutboundRig rig(test::child_options(), policy);
    CHECK(rig.run({v6(1280), v6(1281)}).size() == 1);
    CHECK(test::drops_of(rig.child.drops) == Drops{{"too_big", 1}});
    REQUIRE(rig.fitting.refused().size() == 1);
    CHECK(rig.fitting.refused()[0].inner.length == 1281);
}

TEST_CASE("in transport mode it is the outer packet that is fragmented") {
    ChildOptions options = test::child_options();
    options.mode = Mode::kTransport;
    for (const FragmentPolicy fragment : {FragmentPolicy::kBefore, FragmentPolicy::kAfter, FragmentPolicy::kNever}) {
        OutboundRig rig(test::copy_of(options), policy_of(fragment, DfPolicy::kCopy));
        const Bytes big = v4(9000, false);
        CHECK(fate_of(*parse_inner(big), big, rig.child.out) == Fate::kFits);
        const Bytes largest = v4(65535, false);
        CHECK(fate_of(*parse_inner(largest), largest, rig.child.out) == Fate::kDrop);
        const Bytes fixed = v4(9000, true);
        CHECK(fate_of(*parse_inner(fixed), fixed, rig.child.out) == Fate::kFits);
        const Bytes of_ipv6 = v6(9000);
        CHECK(fate_of(*parse_inner(of_ipv6), of_ipv6, rig.child.out) == Fate::kFits);
    }
}

/// Puts the fragments together again.
std::vector<Bytes> whole_again(std::vector<Bytes>& packets) {
    Reassembly reassembly({});
    std::vector<Bytes> whole;
    for (Bytes& packet : packets) {
        const auto outcome = reassembly.add(packet, 0, test::after({}));
        CHECK_FALSE(outcome.drop);
        if (!outcome.datagram.empty()) whole.push_back(to_bytes(outcome.datagram));
    }
    return whole;
}

TEST_CASE("any mix of packets arrives whole at the peer's, each fragment within the MTU") {
    const std::uint64_t seed = 0xf17;
    crypto::SeededRandom random(seed);
    const ChildOptions options = test::child_options();
    OutboundRig rig(test::copy_of(options), policy_of(FragmentPolicy::kBefore, DfPolicy::kClear));
    InboundRig peer(test::mirrored(options));
    for (int round = 0; round < 40; ++round) {
        INFO("seed " << seed << ", round " << round);
        std::vector<Bytes> packets;
        for (std::uint64_t i = 0, count = 1 + random.below(kBurst); i < count; ++i) {
            const std::size_t most = random.below(8) == 0 ? 65535 : 3000;
            Bytes packet = v4(20 + random.below(most - 19), false);
            store_be(packet.data() + 4, static_cast<std::uint16_t>(1000 + i));
            store_be(packet.data() + 10, std::uint16_t{0});
            store_be(packet.data() + 10,
                     static_cast<std::uint16_t>(65535 - test::checksum_residue(ByteView(packet).first(20))));
            packets.push_back(std::move(packet));
        }
        const auto sealed = rig.run(packets);
        std::vector<Bytes> received;
        for (std::size_t at = 0; at < sealed.size(); at += kBurst) {
            const std::vector<Bytes> burst(
                sealed.begin() + static_cast<std::ptrdiff_t>(at),
                sealed.begin() + static_cast<std::ptrdiff_t>(std::min(at + kBurst, sealed.size())));
            for (Bytes& one : peer.run(burst)) {
                REQUIRE(one.size() <= kMtu);
                received.push_back(std::move(one));
            }
        }
        auto whole = whole_again(received);
        std::sort(whole.begin(), whole.end());
        std::sort(packets.begin(), packets.end());
        REQUIRE(whole == packets);
    }
    CHECK(test::drops_of(rig.worker_drops).empty());
    CHECK(test::drops_of(peer.worker_drops).empty());
}

TEST_CASE("fragments made in spite of DF have identifications of their own, and no DF") {
    const ChildOptions options = test::child_options();
    OutboundRig rig(test::copy_of(options), policy_of(FragmentPolicy::kBefore, DfPolicy::kClear));
    InboundRig peer(test::mirrored(options));
    const auto received = peer.run(rig.run({v4(2000, true), v4(2000, true)}));
    REQUIRE(received.size() == 4);
    const auto identification = [&](std::size_t i) { return load_be<std::uint16_t>(received[i].data() + 4); };
    CHECK(identification(0) == identification(1));
    CHECK(identification(2) == identification(3));
    CHECK(identification(0) != identification(2));
    for (const Bytes& one : received)
        CHECK((one[6] & 0x40) == 0);
}

TEST_CASE("a header whose options do not hold cannot be cut, and is counted") {
    OutboundRig rig(test::child_options(), policy_of(FragmentPolicy::kBefore, DfPolicy::kCopy));
    const Bytes broken =
        test::ipv4(address("10.1.0.9"), address("10.2.0.9"), 253, test::filler(2000), 0, Bytes{7, 200, 1, 1});
    CHECK(rig.run({broken}).empty());
    CHECK(test::drops_of(rig.child.drops) == Drops{{"malformed_inner", 1}});
}

}  // namespace
}  // namespace esplane::dataplane
