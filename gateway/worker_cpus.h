// Whether the workers run where the operator wants them, and have a cpu each.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dataplane/dataplane.h"
#include "dataplane/options.h"

namespace esplane::gateway {

/// The cpus that the kernel lets this process run on.
std::set<int> allowed_cpus();

/// What to warn of after a start: one sentence each, with what to write instead. With the line, where it is known.
std::vector<std::string> worker_warnings(const dataplane::Options& options,
                                         const std::vector<dataplane::WorkerStatus>& workers,
                                         const std::set<int>& allowed);

}  // namespace esplane::gateway
