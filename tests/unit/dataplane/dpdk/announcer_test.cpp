// Who is told of the ports' addresses, and when: by a clock of the test's, except for the worker's own.
#include "dataplane/dpdk/announcer.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/dpdk/ring_ports.h"
#include "tests/unit/dataplane/link/frames.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::kCipherPort;
using test::kClearPort;
using test::RingPorts;
using test::RingWorker;
using namespace std::chrono_literals;

/// Ports whose links are down at first, and are again in the end, as the other tests know them.
struct Rig {
    ~Rig() {
        for (const PortNumber port : {kClearPort, kCipherPort})
            set_link(port, false);
    }

    void set_link(PortNumber port, bool up) { ports.links().up[to_number(port)] = up; }
    /// What is sent by a port when the announcer looks around.
    std::vector<Bytes> sent_after(TimePoint now, PortNumber port = kClearPort) {
        announcer.look_around(now);
        worker.sender.flush();
        return ports.take_sent(port);
    }

    RingPorts& ports = RingPorts::only();
    std::size_t free = ports.free_buffers();
    RingWorker worker{ports};
    Announcer announcer{ports.links(), worker.responders, worker.sender, ports.pools().frames, worker.drops};
    TimePoint start{1h};
};

/// RFC 5227 3: a request that names the same address as both, to everybody.
Bytes arp_announcement(const MacAddress& mac, const IpAddress& own) {
    Bytes frame = test::ethernet(kBroadcastMac, mac, 0x0806, test::arp(1, mac, own, {}, own));
    frame.resize(60);
    return frame;
}

void check_announcements(const std::vector<Bytes>& sent, const MacAddress& mac, const char* own4, const char* own6) {
    REQUIRE(sent.size() == 2);
    CHECK(to_hex(sent[0]) == to_hex(arp_announcement(mac, address(own4))));
    // RFC 4861 7.2.6: to all nodes, with the override flag, not solicited, and the target's MAC address.
    CHECK(to_hex(ByteView(sent[1]).first(6)) == "333300000001");
    const ByteView packet = ByteView(sent[1]).subspan(14);
    REQUIRE(packet.size() == 40 + 32);
    CHECK(to_hex(packet.subspan(8, 16)) == to_hex(address(own6).octets()));
    CHECK(to_hex(packet.subspan(24, 16)) == to_hex(address("ff02::1").octets()));
    const ByteView message = packet.subspan(40);
    CHECK(message[0] == 136);
    CHECK((message[4] & 0x60) == 0x20);
    CHECK(to_hex(message.subspan(8, 16)) == to_hex(address(own6).octets()));
    CHECK(to_hex(message.subspan(24)) == "0201" + to_hex(test::octets_of(mac)));
}

TEST_CASE("a link that comes up is told of every address, twice, and no other link is") {
    Rig rig;
    CHECK(rig.sent_after(rig.start).empty());
    rig.set_link(kClearPort, true);
    const MacAddress& mac = rig.ports.links().setup(kClearPort).mac;
    check_announcements(rig.sent_after(rig.start), mac, "10.1.0.1", "fd00:1::1");
    CHECK(rig.sent_after(rig.start + Announcer::kBetweenTimes - 1ns).empty());
    check_announcements(rig.sent_after(rig.start + Announcer::kBetweenTimes), mac, "10.1.0.1", "fd00:1::1");
    for (int seconds = 3; seconds < 100; ++seconds)
        CHECK(rig.sent_after(rig.start + std::chrono::seconds(seconds)).empty());
    CHECK(rig.ports.take_sent(kCipherPort).empty());
    CHECK(rig.ports.free_buffers() == rig.free);
}

TEST_CASE("a link that was down is told anew, and nothing is sent while it is") {
    Rig rig;
    rig.set_link(kCipherPort, true);
    const MacAddress& mac = rig.ports.links().setup(kCipherPort).mac;
    check_announcements(rig.sent_after(rig.start, kCipherPort), mac, "192.0.2.1", "2001:db8::1");
    rig.set_link(kCipherPort, false);
    CHECK(rig.sent_after(rig.start + 2s, kCipherPort).empty());
    CHECK(rig.sent_after(rig.start + 9s, kCipherPort).empty());
    rig.set_link(kCipherPort, true);
    check_announcements(rig.sent_after(rig.start + 10s, kCipherPort), mac, "192.0.2.1", "2001:db8::1");
    CHECK(rig.sent_after(rig.start + 11s, kCipherPort).empty());
    check_announcements(rig.sent_after(rig.start + 12s, kCipherPort), mac, "192.0.2.1", "2001:db8::1");
}

TEST_CASE("of all workers the first announces, within its turns") {
    Rig rig;
    const auto sent_by = [&](DpdkCipher& cipher) {
        std::array<Received, kBurst> received;
        cipher.rx(received);
        cipher.release();
        return rig.ports.take_sent(kClearPort).size();
    };
    rig.set_link(kClearPort, true);
    RingWorker second(rig.ports, {.first = 1, .workers = 2});
    CHECK(sent_by(second.cipher) == 0);
    RingWorker first(rig.ports, {.first = 0, .workers = 2});
    CHECK(sent_by(first.cipher) == 2);
    CHECK(sent_by(first.cipher) == 0);
}

}  // namespace
}  // namespace esplane::dataplane
