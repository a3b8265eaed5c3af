// What a gateway's operator chooses of the data plane.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/sa/selector.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

struct ClearPortOptions {
    ClearPort port{};
    std::string device;  ///< name of the TUN device, e.g. "esp0"
    std::uint32_t mtu_bytes = 1400;
};

struct TunnelPolicy {
    TunnelId id{};
    std::string name;
    ClearPort port{};
    /// As configured, one for each CHILD_SA that the tunnel is made of (SPD entries, RFC 4301 4.4.1).
    std::vector<SelectorPair> policies;
    bool acquire = false;        ///< report packets that want the tunnel while it is down
    std::uint16_t mss_ipv4 = 0;  ///< TCP MSS to clamp to in octets; 0: leave alone
    std::uint16_t mss_ipv6 = 0;
};

struct Options {
    std::vector<int> cpus = {-1};  ///< one worker each; -1: not pinned
    std::uint16_t natt_port = 4500;
    std::uint32_t socket_mark = 0x65737000;  ///< of every socket of the cipher side, so that routes can tell them apart
};

}  // namespace esplane::dataplane
