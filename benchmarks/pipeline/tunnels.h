// A number of tunnels, up, with all the tables that a worker has of them; and the peers' ends.
//
//   ours 10.1.0.0/16 behind 192.0.2.1  ===  192.0.2.2 before 10.(128 + n / 256).(n % 256).0/24, theirs of tunnel n
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/pipeline/suites.h"
#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/policy_table.h"
#include "dataplane/sa/spi_table.h"
#include "dataplane/sa/tunnel.h"

namespace esplane::bench {

inline constexpr std::uint32_t kMostTunnels = 32768;
inline constexpr dataplane::ClearPort kDevice{1};

IpAddress our_host();
IpAddress host_behind(std::uint32_t tunnel);

/// Our end: ESN, a replay window of 1024, ESP in UDP, TCP MSS clamped; so that no stage has nothing to do.
struct Tunnels {
    Tunnels(const Suite& suite, std::uint32_t count);

    std::vector<std::unique_ptr<dataplane::TunnelState>> tunnels;
    std::vector<std::unique_ptr<dataplane::ChildSa>> children;  ///< child n belongs to tunnel n
    dataplane::PolicyTable policies;
    dataplane::SpiTable inbound;
};

/// Of our end of tunnel `number`.
dataplane::TunnelPolicy tunnel_policy(std::uint32_t number);
dataplane::ChildOptions child_options(const Suite& suite, std::uint32_t number);
/// The other end of tunnel `number`.
std::unique_ptr<dataplane::ChildSa> make_peer(const Suite& suite, std::uint32_t number);

}  // namespace esplane::bench
