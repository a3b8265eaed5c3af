// The loopback of a network namespace of its own, where raw ESP disturbs nobody; and what passes over it.
#pragma once

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <thread>
#include <vector>

#include "dataplane/io/udp_esp.h"
#include "tests/unit/dataplane/support/outer_paths.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane::test {

inline bool set_loopback_up() {
    const FileDescriptor fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    return ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0;
}

inline bool set_loopback_mtu(int octets) {
    const FileDescriptor fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_mtu = octets;
    return ioctl(fd.get(), SIOCSIFMTU, &request) == 0;
}

/// Runs `test` on a thread in a new network namespace; says so where that cannot be.
template <typename Test>
void in_namespace(Test test) {
    bool made = false;
    std::thread([&] {
        made = unshare(CLONE_NEWNET) == 0 && set_loopback_up();
        if (made) test();
    }).join();
    if (!made) std::cerr << "SKIPPED: cannot make a network namespace (needs root): " << std::strerror(errno) << '\n';
}

/// The cipher side as a worker uses it, which looks before it reads.
class LookingIo : private Waiter, public UdpEspIo {
  public:
    explicit LookingIo(const CipherSockets& sockets) : UdpEspIo(sockets, static_cast<Waiter&>(*this)) {}
    std::size_t rx(std::span<Received> in) {
        wait(0);
        return UdpEspIo::rx(in);
    }
};

/// From an address to itself, on which this host's own data plane listens.
inline Path loop(std::string_view text, Encapsulation encapsulation) {
    const std::uint16_t port = encapsulation == Encapsulation::kUdp ? 4500 : 0;
    return {.local = {address(text), port}, .remote = {address(text), port}};
}

/// The two encapsulations over both families.
inline std::vector<Slot> every_way() {
    std::vector<Slot> ways;
    for (const char* text : {"127.0.0.1", "::1"}) {
        for (const Encapsulation encapsulation : {Encapsulation::kUdp, Encapsulation::kNone})
            ways.push_back({.outer = outer_path(loop(text, encapsulation), encapsulation)});
    }
    return ways;
}

inline std::string describe(const Slot& way) {
    return way.outer->path.remote.address.to_string() +
           (way.outer->encapsulation == Encapsulation::kUdp ? " UDP" : " raw");
}

/// A packet of this length each way. How many were not taken.
inline std::size_t send(LookingIo& io, const std::vector<Slot>& ways, std::size_t length) {
    std::array<Slot, kBurst> slots;
    io.slots(slots);
    for (std::size_t i = 0; i < ways.size(); ++i) {
        Slot slot = ways[i];
        slot.octets = slots[i].octets;
        slot.capacity = slots[i].capacity;
        slot.length = static_cast<std::uint32_t>(length);
        for (std::size_t at = 0; at < length; ++at)
            slot.octets[at] = static_cast<std::uint8_t>(i + at + 1);
        slots[i] = slot;
    }
    return io.tx(std::span(slots).first(ways.size()));
}

struct Arrived {
    Bytes octets;
    Path outer;
    Encapsulation encapsulation;
    std::uint8_t traffic_class;
};

/// All that has arrived. On loopback that is everything that tx() has sent.
inline std::vector<Arrived> receive(LookingIo& io) {
    std::vector<Arrived> arrived;
    std::array<Received, kBurst> in;
    for (std::size_t got; (got = io.rx(in)) > 0; io.release()) {
        for (const Received& one : std::span<const Received>(in).first(got))
            arrived.push_back({to_bytes(one.octets), one.outer, one.encapsulation, one.traffic_class});
    }
    return arrived;
}

/// Sees every packet that leaves over loopback.
class Sniffer {
  public:
    Sniffer() : fd_(socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL))) {}

    /// The IP packets since the last call; a train is one.
    std::vector<Bytes> take() {
        std::vector<Bytes> seen;
        Bytes buffer(1 << 17);
        sockaddr_ll from{};
        socklen_t size = sizeof from;
        for (ssize_t length; (length = recvfrom(fd_.get(), buffer.data(), buffer.size(), 0,
                                                reinterpret_cast<sockaddr*>(&from), &size)) >= 0;
             size = sizeof from) {
            if (from.sll_pkttype == PACKET_OUTGOING)
                seen.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(length));
        }
        return seen;
    }

  private:
    FileDescriptor fd_;
};

}  // namespace esplane::dataplane::test
