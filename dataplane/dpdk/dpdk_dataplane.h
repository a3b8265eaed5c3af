// The data plane over DPDK's ports, with the clear side on them or on TUN devices.
#pragma once

#include <memory>
#include <string>

#include "dataplane/dataplane.h"

namespace esplane::dataplane {

/// Opens the ports, starts the workers. The error says which port, why, and what to do.
Result<std::unique_ptr<Dataplane>, std::string> start_dpdk_dataplane(const Options& options);

}  // namespace esplane::dataplane
