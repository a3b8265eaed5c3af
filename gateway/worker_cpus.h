// Whether the workers run where the operator wants them, and have a cpu each.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dataplane/dataplane.h"

namespace esplane::gateway {

/// The cpus that the kernel lets this process run on.
std::set<int> allowed_cpus();

/// What to warn of after a start: one sentence each, with what to write instead. `cpus` as configured, by worker.
std::vector<std::string> worker_warnings(const std::vector<int>& cpus,
                                         const std::vector<dataplane::WorkerStatus>& workers,
                                         const std::set<int>& allowed);

}  // namespace esplane::gateway
