#include "dataplane/io/tun.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "dataplane/io/packet_io.h"
#include "tests/unit/dataplane/support/host_kernel.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/traffic.h"

namespace esplane::dataplane {
namespace {

using test::Message;

static_assert(ClearIo<TunIo>);

constexpr OffloadSupport kAll{.tcp = true, .udp = true};

/// Two devices, and the way into them.
class Devices {
  public:
    Devices() {
        for (std::uint16_t i = 0; i < 2; ++i)
            tun.attach(ClearPort{i}, pair[i].device(), kAll);
    }
    /// One burst, each packet for the device that stands beside it; the slots as tx() leaves them.
    std::vector<Slot> send(const std::vector<std::pair<std::uint16_t, Bytes>>& packets) {
        std::vector<Slot> slots(packets.size());
        tun.slots(slots);
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const auto& [device, packet] = packets[i];
            std::copy(packet.begin(), packet.end(), slots[i].octets);
            slots[i].length = static_cast<std::uint32_t>(packet.size());
            slots[i].port = ClearPort{device};
        }
        failed = tun.tx(slots);
        return slots;
    }
    /// The same to the first device.
    std::vector<Slot> send(const std::vector<Bytes>& packets) {
        std::vector<std::pair<std::uint16_t, Bytes>> addressed;
        addressed.reserve(packets.size());
        for (const Bytes& packet : packets)
            addressed.emplace_back(0, packet);
        return send(addressed);
    }
    /// What the kernel behind a device has got since the last call, message by message.
    std::vector<std::vector<Bytes>> got(std::size_t device = 0) const {
        std::vector<std::vector<Bytes>> messages;
        for (const Message& message : pair[device].take_in_all()) {
            REQUIRE(test::kernel_takes(message));
            messages.push_back(test::packets_of(message));
        }
        return messages;
    }

    test::TunPair pair[2];
    Waiter waiter;
    TunIo tun{waiter};
    std::size_t failed = 0;  ///< as the last tx() said
};

using Messages = std::vector<std::vector<Bytes>>;

/// The `number`th segment of a flow of 100 octets each.
Bytes segment(std::uint32_t number, std::uint8_t flags = 0x10) {
    return test::build({.id = static_cast<std::uint16_t>(number),
                        .sequence = 100 * number,
                        .flags = flags,
                        .payload = test::filler(100)});
}

std::vector<bool> refused(const std::vector<Slot>& slots) {
    std::vector<bool> all;
    all.reserve(slots.size());
    for (const Slot& slot : slots)
        all.push_back(slot.refused);
    return all;
}

TEST_CASE("what a device gives without a packet in it is handed out empty, and what comes behind it as well") {
    const test::TunPair pair;
    Waiter waiter;
    TunIo tun(waiter);
    tun.attach(ClearPort{3}, pair.device(), {});
    const Bytes whole = test::ipv4(test::address("10.0.0.1"), test::address("10.0.0.2"), 17, test::filler(30));
    pair.hand_out(Bytes(3));
    pair.hand_out(Bytes(sizeof(OffloadHeader)));
    pair.hand_out(Message{{}, whole});
    std::array<Received, kBurst> in;
    waiter.wait(0);
    REQUIRE(tun.rx(in) == 3);
    CHECK(in[0].octets.empty());
    CHECK(in[1].octets.empty());
    CHECK(to_bytes(in[2].octets) == whole);
    for (const Received& one : std::span(in).first(3))
        CHECK(one.port == ClearPort{3});
    CHECK(tun.rx(in) == 0);
}

TEST_CASE("what the end of a burst cuts is held, and joined by the next burst") {
    Devices devices;
    devices.send({segment(0), segment(1)});
    CHECK(devices.got().empty());
    devices.send({segment(2), segment(3)});
    // It began in the memory that is lent next.
    CHECK(devices.got() == Messages{{segment(0), segment(1), segment(2), segment(3)}});
    CHECK(devices.tun.flush() == 0);
    CHECK(devices.got().empty());
}

TEST_CASE("flush sends what is held, and nothing twice") {
    Devices devices;
    devices.send({segment(0), segment(1)});
    CHECK(devices.tun.flush() == 0);
    CHECK(devices.got() == Messages{{segment(0), segment(1)}});
    CHECK(devices.tun.flush() == 0);
    devices.send({segment(2)});
    CHECK(devices.got().empty());
    CHECK(devices.tun.flush() == 0);
    CHECK(devices.got() == Messages{{segment(2)}});
}

TEST_CASE("what cannot go on with what is held goes behind it") {
    const Bytes fragment =
        test::ipv4(test::address("10.1.0.1"), test::address("10.2.0.200"), 6, test::filler(50), 0x2000);
    Bytes wrong = segment(1);
    wrong[60] ^= 1;
    const Bytes others[] = {segment(2), segment(1, 0x12), segment(1, 0x14), fragment, wrong};
    for (const Bytes& other : others) {
        Devices devices;
        devices.send({segment(0)});
        CHECK(devices.got().empty());
        devices.send({other});
        devices.tun.flush();
        CHECK(devices.got() == Messages{{segment(0)}, {other}});
    }
}

TEST_CASE("a segment that ends a super-packet lets it go at once") {
    Devices devices;
    devices.send({segment(0)});
    devices.send({segment(1, 0x18)});
    CHECK(devices.got() == Messages{{segment(0), segment(1, 0x18)}});
}

TEST_CASE("a device that takes nothing: those of the burst are marked, those that were held are counted") {
    Devices devices;
    devices.send({segment(0), segment(1)});
    CHECK(devices.failed == 0);
    devices.pair[0].close_kernel();
    CHECK(refused(devices.send({segment(2), segment(9), segment(3, 0x12)})) == std::vector{true, true, true});
    CHECK(devices.failed == 5);
    CHECK(devices.tun.flush() == 0);

    // What is held again fails only when it is sent.
    CHECK(refused(devices.send({segment(9), segment(4)})) == std::vector{true, false});
    CHECK(devices.failed == 1);
    CHECK(devices.tun.flush() == 1);
    CHECK(devices.tun.flush() == 0);
}

TEST_CASE("a device that takes nothing does not keep the other from its packets") {
    Devices devices;
    devices.pair[1].close_kernel();
    const auto slots = devices.send({{0, segment(0)}, {1, segment(0)}, {1, segment(5)}, {0, segment(1)}});
    CHECK(refused(slots) == std::vector{false, true, false, false});
    CHECK(devices.failed == 1);
    CHECK(devices.tun.flush() == 1);
    CHECK(devices.got() == Messages{{segment(0), segment(1)}});
}

TEST_CASE("what is held for a device that is gone is counted") {
    Devices devices;
    devices.send({segment(0), segment(1)});
    devices.tun.detach(ClearPort{0});
    CHECK(devices.tun.flush() == 2);
    CHECK(devices.got().empty());
}

TEST_CASE("random bursts to two devices: every packet comes out of its own, in order, held or not") {
    const std::uint64_t seed = 0x401d;
    crypto::SeededRandom random(seed);
    std::size_t longest = 0;
    for (int round = 0; round < 30; ++round) {
        INFO("seed " << seed << ", round " << round);
        Devices devices;
        test::Traffic traffic(random);
        std::vector<Bytes> expected[2];
        std::vector<Bytes> all[2];
        for (std::uint64_t bursts = 1 + random.below(3); bursts > 0; --bursts) {
            std::vector<std::pair<std::uint16_t, Bytes>> packets;
            for (std::uint64_t left = random.below(kBurst + 1); left > 0; --left) {
                const auto device = static_cast<std::uint16_t>(random.below(8) == 0);
                packets.emplace_back(device, traffic.next());
                expected[device].push_back(packets.back().second);
            }
            devices.send(packets);
            REQUIRE(devices.failed == 0);
            if (bursts == 1 || random.below(3) == 0) REQUIRE(devices.tun.flush() == 0);
        }
        for (const std::size_t device : {0U, 1U}) {
            for (const auto& message : devices.got(device)) {
                longest = std::max(longest, message.size());
                all[device].insert(all[device].end(), message.begin(), message.end());
            }
            REQUIRE(test::by_flow(all[device]) == test::by_flow(expected[device]));
        }
    }
    CHECK(longest > 5);
}

/// What the kernel writes for `payload` octets of one TCP flow, in segments of `size`.
Message super_packet(std::uint32_t sequence, std::size_t payload, std::uint16_t size) {
    return {{.flags = kOffloadNeedsChecksum,
             .gso_type = kGsoTcpIpv4,
             .gso_size = size,
             .csum_start = 20,
             .csum_offset = 16},
            test::build({.sequence = sequence, .payload = test::filler(payload)})};
}

TEST_CASE("segments stay as they are until the burst is done, though it began in the middle of a super-packet") {
    Devices devices;
    constexpr std::uint16_t kSize = 500;
    constexpr std::size_t kSegments = 50;
    constexpr std::size_t kSuperPackets = 8;
    for (std::size_t i = 0; i < kSuperPackets; ++i)
        devices.pair[0].hand_out(
            super_packet(static_cast<std::uint32_t>(7 + i * kSegments * kSize), kSegments * kSize, kSize));
    std::array<Received, kBurst> in;
    const Bytes payload = test::filler(kSegments * kSize);
    std::size_t taken = 0;
    for (std::size_t got; devices.waiter.wait(0), (got = devices.tun.rx(in)) > 0;) {
        for (const Received& segment : std::span<const Received>(in).first(got)) {
            Bytes whole(segment.octets.size());
            segment.copy_to(whole.data());
            const auto begin = payload.begin() + static_cast<std::ptrdiff_t>(taken % kSegments * kSize);
            const test::Segment expected{.id = static_cast<std::uint16_t>(taken % kSegments),
                                         .sequence = static_cast<std::uint32_t>(7 + taken * kSize),
                                         .payload = Bytes(begin, begin + kSize)};
            REQUIRE(whole == test::build(expected));
            ++taken;
        }
    }
    CHECK(taken == kSuperPackets * kSegments);
}

}  // namespace
}  // namespace esplane::dataplane
