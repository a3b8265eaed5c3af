#include "gateway/worker_log.h"

#include <string>

#include "gateway/log.h"

namespace esplane::gateway {

void WorkerLog::look(const std::vector<dataplane::WorkerStatus>& workers) {
    for (const dataplane::WorkerStatus& worker : workers) {
        if (worker.stalled == stalled_.contains(worker.id)) continue;
        const std::string name = "worker " + std::to_string(worker.id);
        if (worker.stalled) {
            stalled_.insert(worker.id);
            log_error(name +
                      " has stood still for half a second: its tunnels carry nothing. Its cpu may be another program's "
                      "(`gateway.workers` names one that is free); if it lasts, this is a defect, and a restart helps");
        } else {
            stalled_.erase(worker.id);
            log_info(name + " goes on");
        }
    }
}

}  // namespace esplane::gateway
