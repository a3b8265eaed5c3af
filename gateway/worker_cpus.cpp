#include "gateway/worker_cpus.h"

#include <sched.h>

#include "gateway/status/units.h"

namespace esplane::gateway {
namespace {

std::string list(const std::set<int>& cpus) {
    std::string text;
    for (const int cpu : cpus)
        text += (text.empty() ? "" : ", ") + std::to_string(cpu);
    return text;
}

}  // namespace

std::set<int> allowed_cpus() {
    std::set<int> allowed;
    cpu_set_t cpus;
    if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) return allowed;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(static_cast<unsigned>(cpu), &cpus)) allowed.insert(cpu);
    }
    return allowed;
}

std::vector<std::string> worker_warnings(const dataplane::Options& options,
                                         const std::vector<dataplane::WorkerStatus>& workers,
                                         const std::set<int>& allowed) {
    const std::vector<int>& cpus = options.cpus;
    std::vector<std::string> warnings;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        if (cpus[i] < 0 || workers[i].cpu == cpus[i]) continue;
        warnings.push_back(
            options.cpus_at.prefix() + "worker " + std::to_string(i) + " is not pinned to cpu " +
            std::to_string(cpus[i]) +
            ", which this host does not have or does not let esplane use; it runs on any. Write some of " + "[" +
            list(allowed) + "] as gateway.workers");
    }
    if (!allowed.empty() && workers.size() > allowed.size()) {
        warnings.push_back(options.cpus_at.prefix() + count_text(workers.size(), "worker") + " share " +
                           count_text(allowed.size(), "cpu") + ", and wait for each other: write " +
                           std::to_string(allowed.size()) + " or less as gateway.workers");
    }
    return warnings;
}

}  // namespace esplane::gateway
