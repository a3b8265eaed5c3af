// Says in the log when a worker stands still, and when it goes on.
#pragma once

#include <set>
#include <vector>

#include "dataplane/dataplane.h"

namespace esplane::gateway {

class WorkerLog {
  public:
    void look(const std::vector<dataplane::WorkerStatus>& workers);

  private:
    std::set<int> stalled_;
};

}  // namespace esplane::gateway
