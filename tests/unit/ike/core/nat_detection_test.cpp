#include "ike/core/nat_detection.h"

#include <catch2/catch.hpp>

namespace esplane::ike {
namespace {

using wire::NotifyType;

constexpr IkeSpi kSpiI{0x0102030405060708};
constexpr IkeSpi kSpiR{0};

Endpoint endpoint(std::string_view address, std::uint16_t port) {
    return {*IpAddress::parse(address), port};
}

const Endpoint kUs = endpoint("192.0.2.1", 500);
const Endpoint kPeer = endpoint("198.51.100.2", 500);
const Endpoint kNat = endpoint("203.0.113.9", 61234);

wire::Payloads sent_on(const Path& path, bool force_encap = false) {
    crypto::SeededRandom random(1);
    wire::Payloads payloads;
    payloads.notifies = nat_detection_notifies(kSpiI, kSpiR, path, force_encap, random);
    return payloads;
}

NatFinding detect(const wire::Payloads& payloads, const Path& path) {
    return detect_nat(payloads, kSpiI, kSpiR, path);
}

TEST_CASE("The hash is SHA-1 over SPIs, address and port") {
    // printf '0102030405060708 0000000000000000 c0000201 01f4' | xxd -r -p | sha1sum
    CHECK(to_hex(nat_detection_hash(kSpiI, kSpiR, kUs)) == "644b4575455bd6fcc1efe2be8162a9218e448e5f");
    CHECK(to_hex(nat_detection_hash(kSpiI, IkeSpi{0x1112131415161718}, endpoint("2001:db8::1", 4500))) ==
          "1ee24423bf8f59515e0265c6d0f08be3d038f7e5");
}

TEST_CASE("A message carries one hash of each end") {
    const auto notifies = sent_on({kPeer, kUs}).notifies;
    REQUIRE(notifies.size() == 2);
    CHECK(notifies[0].is(NotifyType::kNatDetectionSourceIp));
    CHECK(notifies[0].data == nat_detection_hash(kSpiI, kSpiR, kPeer));
    CHECK(notifies[1].is(NotifyType::kNatDetectionDestinationIp));
    CHECK(notifies[1].data == nat_detection_hash(kSpiI, kSpiR, kUs));
}

TEST_CASE("A NAT is found on the side where it stands") {
    struct Case {
        std::string_view name;
        Path sender;    // as the peer sees it
        Path receiver;  // as we see it
        bool local_nat;
        bool remote_nat;
    };
    const Endpoint port_moved = endpoint("198.51.100.2", 1024);
    const Case cases[] = {
        {"none", {kPeer, kUs}, {kUs, kPeer}, false, false},
        {"in front of the peer", {kPeer, kUs}, {kUs, kNat}, false, true},
        {"of ports only", {kPeer, kUs}, {kUs, port_moved}, false, true},
        {"in front of us", {kPeer, kNat}, {kUs, kPeer}, true, false},
        {"in front of both", {kPeer, kNat}, {kUs, kNat}, true, true},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const NatFinding finding = detect(sent_on(each.sender), each.receiver);
        CHECK(finding.supported);
        CHECK(finding.local_nat == each.local_nat);
        CHECK(finding.remote_nat == each.remote_nat);
        CHECK(finding.any() == (each.local_nat || each.remote_nat));
    }
}

TEST_CASE("A forced encapsulation looks like a NAT in front of the sender") {
    const NatFinding finding = detect(sent_on({kPeer, kUs}, true), {kUs, kPeer});
    CHECK(finding.remote_nat);
    CHECK_FALSE(finding.local_nat);
}

TEST_CASE("One of several source hashes that fits is enough") {
    wire::Payloads payloads = sent_on({kPeer, kUs});
    const wire::Payloads other = sent_on({endpoint("10.0.0.1", 500), kUs});
    payloads.notifies.insert(payloads.notifies.begin(), other.notifies.front());
    CHECK_FALSE(detect(payloads, {kUs, kPeer}).any());
    payloads.notifies.push_back(other.notifies.front());
    CHECK_FALSE(detect(payloads, {kUs, kPeer}).any());
}

TEST_CASE("A peer that sends no hashes, or those of one end only, does not traverse NATs") {
    CHECK_FALSE(detect({}, {kUs, kPeer}).supported);
    for (const std::size_t kept : {0, 1}) {
        wire::Payloads payloads = sent_on({kPeer, kNat});
        payloads.notifies = {payloads.notifies[kept]};
        const NatFinding finding = detect(payloads, {kUs, kPeer});
        CHECK_FALSE(finding.supported);
        CHECK_FALSE(finding.any());
    }
}

TEST_CASE("A hash of another length fits nothing") {
    for (const std::size_t length : {0, 1, 19, 21, 255}) {
        wire::Payloads payloads = sent_on({kPeer, kUs});
        payloads.notifies[0].data.resize(length);
        CHECK(detect(payloads, {kUs, kPeer}).remote_nat);
    }
}

TEST_CASE("The hashes are bound to the SPIs") {
    CHECK(detect_nat(sent_on({kPeer, kUs}), IkeSpi{1}, kSpiR, {kUs, kPeer}).remote_nat);
    CHECK(detect_nat(sent_on({kPeer, kUs}), kSpiI, IkeSpi{1}, {kUs, kPeer}).local_nat);
}

}  // namespace
}  // namespace esplane::ike
