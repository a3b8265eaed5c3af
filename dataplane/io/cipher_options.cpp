#include "dataplane/io/cipher_options.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <span>

#include "dataplane/packet/outer_header.h"

namespace esplane::dataplane {
namespace {

constexpr int kBufferOctets = 8 << 20;

struct Option {
    int level;
    int name;
    int value;
    bool required = true;
};

bool set(int fd, const Option& option) {
    return setsockopt(fd, option.level, option.name, &option.value, sizeof option.value) == 0 || !option.required;
}

bool set_all(int fd, std::span<const Option> options) {
    return std::all_of(options.begin(), options.end(), [fd](const Option& option) { return set(fd, option); });
}

bool set_common(const CipherSocket& socket, std::uint32_t mark) {
    const Option options[] = {
        {SOL_SOCKET, SO_MARK, static_cast<int>(mark)},
        {SOL_SOCKET, SO_SNDBUFFORCE, kBufferOctets, false},
        {SOL_SOCKET, SO_RXQ_OVFL, 1},
    };
    if (!set_all(socket.fd.get(), options)) return false;
    // The other's room is for a few errors only.
    return socket.dont_fragment || set(socket.fd.get(), {SOL_SOCKET, SO_RCVBUFFORCE, kBufferOctets, false});
}

// What ICMP says of a path, anyone may have said: that a datagram is too big is told by the MTU of the device alone.
// Both modes ignore the kernel's own idea of the path, and differ in DF. Without it, routers fragment; OMIT, unlike
// DONT, still reports to us what they say.
bool set_ipv4(int fd, bool dont_fragment) {
    const Option options[] = {
        {IPPROTO_IP, IP_PKTINFO, 1},
        {IPPROTO_IP, IP_RECVTOS, 1},
        {IPPROTO_IP, IP_RECVERR, 1},
        {IPPROTO_IP, IP_TTL, kOuterHopLimit},
        {IPPROTO_IP, IP_MTU_DISCOVER, dont_fragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_OMIT},
        // Tunnels to addresses that come later, or live on another gateway of a pair for now.
        {IPPROTO_IP, IP_FREEBIND, 1, false},
    };
    return set_all(fd, options);
}

// Routers do not fragment IPv6: without the kernel's idea of the path nothing would get through a smaller link.
bool set_ipv6(int fd, Encapsulation encapsulation, bool dont_fragment) {
    const Option options[] = {
        {IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
        {IPPROTO_IPV6, IPV6_RECVTCLASS, 1},
        {IPPROTO_IPV6, IPV6_RECVERR, 1},
        {IPPROTO_IPV6, IPV6_UNICAST_HOPS, kOuterHopLimit},
        {IPPROTO_IPV6, IPV6_MTU_DISCOVER, dont_fragment ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_DONT},
        {IPPROTO_IPV6, IPV6_FREEBIND, 1, false},
        // A raw socket is of one family by itself; the kernel refuses the question.
        {IPPROTO_IPV6, IPV6_V6ONLY, 1, encapsulation == Encapsulation::kUdp},
    };
    return set_all(fd, options);
}

}  // namespace

bool set_cipher_options(const CipherSocket& socket, std::uint32_t mark) {
    if (!set_common(socket, mark)) return false;
    const int fd = socket.fd.get();
    if (socket.family == Family::kIpv4) return set_ipv4(fd, socket.dont_fragment);
    return set_ipv6(fd, socket.encapsulation, socket.dont_fragment);
}

}  // namespace esplane::dataplane
