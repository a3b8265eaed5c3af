// What comes to a port of the cipher side in fragments: by any cuts, in any order, ESP and IKE come out as they were
// sent, and nothing else does.
#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <random>
#include <set>

#include "tests/unit/dataplane/dpdk/ring_ports.h"
#include "tests/unit/dataplane/link/frames.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::kCipherPort;
using test::kClearPort;
using test::RingPorts;
using test::RingWorker;

using Random = std::mt19937_64;

std::size_t up_to(Random& random, std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random);
}

/// A packet to one of the gateway's addresses.
struct Outer {
    Family family = Family::kIpv4;
    std::uint8_t protocol = 50;
    std::uint32_t identification = 0;
    Bytes payload;                         ///< behind the IP header
    std::optional<IpAddress> destination;  ///< else the cipher port's

    IpAddress from() const { return address(family == Family::kIpv4 ? "192.0.2.9" : "2001:db8::9"); }
    IpAddress to() const {
        return destination.value_or(address(family == Family::kIpv4 ? "192.0.2.1" : "2001:db8::1"));
    }
};

Bytes frame_of(const Outer& outer, std::size_t begin, std::size_t end, PortNumber port = kCipherPort) {
    const ByteView data = ByteView(outer.payload).subspan(begin, end - begin);
    const bool more = end < outer.payload.size();
    const MacAddress& mac = RingPorts::only().links().setup(port).mac;
    if (outer.family == Family::kIpv4) {
        Bytes packet = test::ipv4(outer.from(), outer.to(), outer.protocol, data,
                                  static_cast<std::uint16_t>(begin / 8 | (more ? 0x2000U : 0U)));
        store_be(&packet[4], static_cast<std::uint16_t>(outer.identification));
        store_be(&packet[10], std::uint16_t{0});
        store_be(&packet[10], static_cast<std::uint16_t>(65535 - test::checksum_residue(ByteView(packet).first(20))));
        return test::ethernet(mac, test::kPeerMac, 0x0800, packet);
    }
    Bytes fragment(8);
    fragment[0] = outer.protocol;
    store_be(&fragment[2], static_cast<std::uint16_t>(begin | (more ? 1U : 0U)));
    store_be(&fragment[4], outer.identification);
    append(fragment, data);
    return test::ethernet(mac, test::kPeerMac, 0x86dd, test::ipv6(outer.from(), outer.to(), 44, fragment));
}

struct Cut {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// At random, each piece for a frame of an MTU of 1500.
std::vector<Cut> cuts_of(const Outer& outer, Random& random) {
    constexpr std::size_t kMostUnits = 1448 / 8;
    const std::size_t length = outer.payload.size();
    const bool even = up_to(random, 1) == 0;  // as a host cuts, or as it comes
    std::vector<Cut> cuts;
    for (std::size_t begin = 0; begin < length;) {
        const std::size_t units = even ? kMostUnits : 1 + up_to(random, kMostUnits - 1);
        cuts.push_back({begin, std::min(length, begin + units * 8)});
        begin = cuts.back().end;
    }
    return cuts;
}

Bytes random_octets(Random& random, std::size_t length) {
    Bytes octets(length);
    std::generate(octets.begin(), octets.end(), [&] { return static_cast<std::uint8_t>(random()); });
    return octets;
}

/// ESP, ESP in UDP, or IKE, of more than one fragment.
Outer random_outer(Random& random, std::uint32_t identification) {
    Outer outer{.family = up_to(random, 1) == 0 ? Family::kIpv4 : Family::kIpv6, .identification = identification};
    const std::size_t length = 1500 + (up_to(random, 9) == 0 ? up_to(random, 20'000) : up_to(random, 1500));
    outer.payload = random_octets(random, length);
    const std::size_t kind = up_to(random, 2);
    if (kind == 0) return outer;
    outer.protocol = 17;
    store_be(&outer.payload[0], std::uint16_t{4321});
    store_be(&outer.payload[2], static_cast<std::uint16_t>(kind == 1 ? 4500 : 500));
    store_be(&outer.payload[4], static_cast<std::uint16_t>(length));
    return outer;
}

/// What becomes of a packet of which nothing is missing.
using Arrived = std::multiset<std::pair<std::string, Bytes>>;

void expect(Arrived& arrived, const Outer& outer) {
    const std::size_t header = outer.protocol == 17 ? 8 : 0;
    const std::uint16_t port = header == 0 ? std::uint16_t{0} : load_be<std::uint16_t>(&outer.payload[2]);
    arrived.emplace(outer.from().to_string() + (header == 0    ? " esp"
                                                : port == 4500 ? " udp 4321"
                                                               : " ike 4321"),
                    to_bytes(ByteView(outer.payload).subspan(header)));
}

/// Each packet that the cipher side describes.
Arrived receive(RingWorker& worker) {
    Arrived arrived;
    std::array<Received, kBurst> received;
    const std::size_t count = worker.cipher.rx(received);
    for (const Received& one : std::span(received).first(count)) {
        std::string from = one.outer.remote.address.to_string();
        from += one.encapsulation == Encapsulation::kNone ? " esp" : " udp " + std::to_string(one.outer.remote.port);
        arrived.emplace(from, to_bytes(one.octets));
    }
    for (const auto& ike : worker.cipher.take_ike()) {
        const Endpoint& peer = ike.path.remote;
        arrived.emplace(peer.address.to_string() + " ike " + std::to_string(peer.port), ike.datagram);
    }
    worker.cipher.release();
    return arrived;
}

/// What befalls a packet on its way. Of the first two it knows nothing.
enum class Mishap { kNone, kDoubled, kLost, kAltered, kLonger, kMisnamed };

/// The frames of a packet as they arrive.
std::vector<Bytes> frames_of(const Outer& outer, Mishap mishap, Random& random) {
    const std::vector<Cut> cuts = cuts_of(outer, random);
    std::vector<Bytes> frames;
    for (const Cut& cut : cuts)
        frames.push_back(frame_of(outer, cut.begin, cut.end));
    const std::size_t victim = up_to(random, cuts.size() - 1);
    Outer other = outer;
    if (mishap == Mishap::kDoubled) frames.push_back(frames[victim]);
    if (mishap == Mishap::kLost) frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(victim));
    if (mishap == Mishap::kMisnamed) {
        other.identification += 1U << 15;
        frames[victim] = frame_of(other, cuts[victim].begin, cuts[victim].end);
    }
    std::shuffle(frames.begin(), frames.end(), random);
    // What contradicts a part of it comes first and that part next, or it could take its place.
    const auto contradict = [&](const Cut& cut, Bytes contradiction) {
        std::swap(*std::find(frames.begin(), frames.end(), frame_of(outer, cut.begin, cut.end)), frames.front());
        frames.insert(frames.begin(), std::move(contradiction));
    };
    if (mishap == Mishap::kAltered) {
        other.payload[cuts[victim].begin] ^= 1;
        contradict(cuts[victim], frame_of(other, cuts[victim].begin, cuts[victim].end));
    }
    if (mishap == Mishap::kLonger) {
        other.payload.resize(outer.payload.size() + 64);
        contradict(cuts.back(), frame_of(other, outer.payload.size() / 8 * 8, other.payload.size()));
    }
    return frames;
}

/// Frames of different packets mixed, those of one in their order.
std::vector<Bytes> mixed(std::vector<std::vector<Bytes>> packets, Random& random) {
    std::vector<Bytes> frames;
    while (!packets.empty()) {
        auto& packet = packets[up_to(random, packets.size() - 1)];
        frames.push_back(packet.front());
        packet.erase(packet.begin());
        if (!packet.empty()) continue;
        std::swap(packet, packets.back());
        packets.pop_back();
    }
    return frames;
}

TEST_CASE("packets cut at random, in any order, doubled, lost, altered: what they were, or nothing") {
    RingPorts& ports = RingPorts::only();
    const auto seed = Catch::rngSeed();
    Random random(seed);
    std::uint32_t identification = 0;
    std::size_t whole = 0;
    const std::size_t free = ports.free_buffers();
    RingWorker worker(ports);
    for (int round = 0; round < 300; ++round) {
        INFO("seed " << seed << ", round " << round);
        std::vector<std::vector<Bytes>> packets;
        Arrived expected;
        for (std::size_t room = kBurst;;) {
            const Outer outer = random_outer(random, ++identification);
            const auto mishap = static_cast<Mishap>(up_to(random, 5));
            std::vector<Bytes> frames = frames_of(outer, mishap, random);
            if (frames.size() > room) break;
            room -= frames.size();
            packets.push_back(std::move(frames));
            if (mishap <= Mishap::kDoubled) expect(expected, outer);
        }
        for (const Bytes& frame : mixed(std::move(packets), random))
            ports.arrive(kCipherPort, frame);
        whole += expected.size();
        CHECK(receive(worker) == expected);
    }
    CHECK(whole > 1000);
    CHECK(ports.free_buffers() == free);
    CHECK(worker.dropped(DropReason::kBadFrame) == 0);
    CHECK(worker.dropped(DropReason::kNoBuffer) == 0);
    CHECK(worker.dropped(DropReason::kDuplicateFragment) > 100);
    CHECK(worker.dropped(DropReason::kOverlappingFragment) > 100);
    CHECK(worker.dropped(DropReason::kBadFragment) > 100);
}

TEST_CASE("the longest packet that a buffer takes arrives, a longer one is counted") {
    RingPorts& ports = RingPorts::only();
    RingWorker worker(ports);
    Random random(1);
    std::uint64_t too_long = 0;
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const std::size_t header = family == Family::kIpv4 ? 20 : 40;
        for (const std::size_t excess : {0U, 1U}) {
            const Outer outer{.family = family,
                              .identification = static_cast<std::uint32_t>(7 + excess),
                              .payload = random_octets(random, 65517 - header + excess)};
            Arrived arrived;
            for (std::size_t begin = 0; begin < outer.payload.size(); begin += 1448)
                ports.arrive(kCipherPort, frame_of(outer, begin, std::min(outer.payload.size(), begin + 1448)));
            Arrived expected;
            if (excess == 0) expect(expected, outer);
            CHECK(receive(worker) == expected);
            too_long += excess;
            CHECK(worker.dropped(DropReason::kNoBuffer) == too_long);
        }
    }
}

TEST_CASE("fragments of what is not for IPsec, or for nobody here, are not kept") {
    RingPorts& ports = RingPorts::only();
    RingWorker worker(ports);
    Random random(1);
    Outer ping{.protocol = 1, .payload = random_octets(random, 2000)};
    ports.arrive(kCipherPort, frame_of(ping, 0, 1448));
    ports.arrive(kCipherPort, frame_of(ping, 1448, 2000));
    Outer esp{.payload = random_octets(random, 2000), .destination = address("10.1.0.1")};
    ports.arrive(kClearPort, frame_of(esp, 0, 1448, kClearPort));  // a port of the other side, and its address
    ports.arrive(kClearPort, frame_of(esp, 1448, 2000, kClearPort));
    esp.destination = address("192.0.2.77");
    ports.arrive(kCipherPort, frame_of(esp, 0, 1448));
    ports.arrive(kCipherPort, frame_of(esp, 1448, 2000));
    CHECK(receive(worker).empty());
    std::array<Received, kBurst> received;
    CHECK(worker.clear.rx(received) == 0);
    worker.clear.release();
    CHECK(worker.dropped(DropReason::kNotForUs) == 6);
}

TEST_CASE("a datagram to another port comes to its end when it is whole") {
    RingPorts& ports = RingPorts::only();
    RingWorker worker(ports);
    Random random(1);
    Outer other{.protocol = 17, .payload = random_octets(random, 2000)};
    store_be(&other.payload[2], std::uint16_t{53});
    store_be(&other.payload[4], std::uint16_t{2000});
    ports.arrive(kCipherPort, frame_of(other, 0, 1448));
    CHECK(receive(worker).empty());
    CHECK(worker.dropped(DropReason::kNotForUs) == 0);
    ports.arrive(kCipherPort, frame_of(other, 1448, 2000));
    CHECK(receive(worker).empty());
    CHECK(worker.dropped(DropReason::kNotForUs) == 1);
}

}  // namespace
}  // namespace esplane::dataplane
