// What is wrong between the ports of DPDK although each of them is right.
#pragma once

#include <vector>

#include "config/dpdk_port.h"

namespace esplane::config {

/// Reports names, devices and addresses that two ports have, and links of one side that overlap.
void check_port_conflicts(const std::vector<WrittenPort>& ports);

}  // namespace esplane::config
