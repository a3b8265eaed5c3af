// What the whole program runs with: filled by config/, read by gateway/ alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/options.h"
#include "dataplane/packet/outer_header.h"
#include "ike/core/options.h"

namespace esplane::gateway {

enum class LogLevel : std::uint8_t { kError, kWarning, kInfo, kDebug };

/// What may stand for `mtu` and `mss`: nothing for auto, else a number of octets.
using AutoOr = std::optional<std::uint32_t>;

struct TunnelOptions {
    ike::TunnelOptions ike;
    std::string interface = "esp0";
    bool routes = true;  ///< lay routes for the remote prefixes
    dataplane::FragmentPolicy fragment = dataplane::FragmentPolicy::kBefore;
    dataplane::DfPolicy df = dataplane::DfPolicy::kCopy;
    dataplane::DscpPolicy dscp = dataplane::DscpPolicy::copy();
    bool tfc_to_mtu = false;              ///< pad every packet to the MTU, if the peer accepts that
    AutoOr mtu_bytes;                     ///< of the tunnel; auto: from the suite, the outer family and NAT-T
    AutoOr mss_bytes;                     ///< TCP MSS to clamp to; auto: from the tunnel's MTU
    std::vector<Prefix> local_prefixes;   ///< of all children together, each once, as written
    std::vector<Prefix> remote_prefixes;  ///< the same; what is routed
    /// Everything above in one canonical text, secrets as a digest: two tunnels with the same text are the same.
    std::string fingerprint;
};

struct Options {
    std::string control_socket = "/run/esplane/control.sock";
    std::optional<Endpoint> metrics;
    LogLevel log = LogLevel::kInfo;
    std::string state_directory = "/var/lib/esplane";  ///< of what a restart must find again
    bool allow_insecure = false;                       ///< for tests: ESP proposals that do not encrypt are accepted
    dataplane::Options dataplane;
    ike::Options ike;
    std::vector<TunnelOptions> tunnels;
};

}  // namespace esplane::gateway
