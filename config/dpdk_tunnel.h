// What the ports of DPDK leave to a tunnel.
#pragma once

#include "config/section.h"
#include "dataplane/dpdk/options.h"
#include "gateway/options.h"

namespace esplane::config {

/// The first port of the clear side; null when TUN devices are the clear side.
const dataplane::PortOptions* clear_port(const dataplane::DpdkOptions& dpdk);

/// Reports addresses that no port of the cipher side has, and keys of TUN devices where there are none, a
/// device that is the host interface. `read` is what
/// `tunnel` says.
void check_dpdk(const Section& tunnel, const dataplane::DpdkOptions& dpdk, const gateway::TunnelOptions& read);

}  // namespace esplane::config
