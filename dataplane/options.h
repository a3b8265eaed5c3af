// What a gateway's operator chooses of the data plane.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/dpdk/options.h"
#include "dataplane/packet/outer_header.h"
#include "dataplane/sa/selector.h"
#include "dataplane/sa/types.h"
#include "dataplane/written_at.h"

namespace esplane::dataplane {

/// When a packet that does not fit the tunnel is fragmented, if it may be (RFC 4301 8.1, RFC 791 3.2).
enum class FragmentPolicy : std::uint8_t {
    kBefore,  ///< before encryption: the peer's gateway has nothing to reassemble
    kAfter,   ///< the outer packet is
    kNever,   ///< it is dropped
};

/// DF of the outer IPv4 header (RFC 4301 8.1).
enum class DfPolicy : std::uint8_t {
    kCopy,   ///< as the inner packet's
    kSet,    ///< always
    kClear,  ///< never, and packets that do not fit are fragmented in spite of a DF of their own
};

struct ClearPortOptions {
    ClearPort port{};
    std::string device;  ///< name of the TUN device, e.g. "esp0"
};

struct TunnelPolicy {
    TunnelId id{};
    std::string name;
    ClearPort port{};
    std::optional<WorkerId> worker;  ///< none: the one that has the fewest tunnels
    /// As configured, one for each CHILD_SA that the tunnel is made of (SPD entries, RFC 4301 4.4.1).
    std::vector<SelectorPair> policies;
    bool acquire = false;                 ///< report packets that want the tunnel while it is down
    std::uint32_t link_mtu_bytes = 1500;  ///< of the way to the peer, as far as it is known
    std::uint32_t mtu_bytes = 0;          ///< of inner packets; 0: from the path, the suite and the encapsulation
    std::uint32_t mss_bytes = 0;          ///< TCP MSS to clamp to; 0: from the MTU
    FragmentPolicy fragment = FragmentPolicy::kBefore;
    DfPolicy df = DfPolicy::kCopy;
    DscpPolicy dscp = DscpPolicy::copy();
    bool pad_to_mtu = false;  ///< traffic flow confidentiality: all packets are of one length (RFC 4303 2.7)
};

/// What a worker does when there is nothing to do.
enum class PollPolicy : std::uint8_t {
    kAdaptive,  ///< it sleeps until something comes
    kBusy,      ///< it looks again: the first packet finds it awake, and the cpu is never free
};

struct Options {
    std::vector<int> cpus = {-1};  ///< one worker each, kMostWorkers at most; -1: not pinned
    WrittenAt cpus_at;
    PollPolicy poll = PollPolicy::kAdaptive;
    std::uint16_t natt_port = 4500;
    std::uint32_t socket_mark = 0x65737000;  ///< of every socket of the cipher side, so that routes can tell them apart
    std::optional<DpdkOptions> dpdk;         ///< nothing: TUN devices and the kernel's sockets
};

}  // namespace esplane::dataplane
