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

bool set_common(int fd, std::uint32_t mark) {
    const Option options[] = {
        {SOL_SOCKET, SO_MARK, static_cast<int>(mark)},
        {SOL_SOCKET, SO_RCVBUFFORCE, kBufferOctets, false},
        {SOL_SOCKET, SO_SNDBUFFORCE, kBufferOctets, false},
    };
    return set_all(fd, options);
}

bool set_ipv4(int fd) {
    const Option options[] = {
        {IPPROTO_IP, IP_PKTINFO, 1},
        {IPPROTO_IP, IP_RECVTOS, 1},
        {IPPROTO_IP, IP_TTL, kOuterHopLimit},
        // Without DF: an outer packet that meets a smaller link is fragmented there rather than lost without a word.
        {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT},
        // Tunnels to addresses that come later, or live on another gateway of a pair for now.
        {IPPROTO_IP, IP_FREEBIND, 1, false},
    };
    return set_all(fd, options);
}

bool set_ipv6(int fd, Encapsulation encapsulation) {
    const Option options[] = {
        {IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
        {IPPROTO_IPV6, IPV6_RECVTCLASS, 1},
        {IPPROTO_IPV6, IPV6_UNICAST_HOPS, kOuterHopLimit},
        {IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT},
        {IPPROTO_IPV6, IPV6_FREEBIND, 1, false},
        // A raw socket is of one family by itself; the kernel refuses the question.
        {IPPROTO_IPV6, IPV6_V6ONLY, 1, encapsulation == Encapsulation::kUdp},
    };
    return set_all(fd, options);
}

}  // namespace

bool set_cipher_options(int fd, Family family, Encapsulation encapsulation, std::uint32_t mark) {
    return set_common(fd, mark) && (family == Family::kIpv4 ? set_ipv4(fd) : set_ipv6(fd, encapsulation));
}

}  // namespace esplane::dataplane
