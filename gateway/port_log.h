// Says in the log what becomes of the ports' links.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dataplane/port_status.h"

namespace esplane::gateway {

class PortLog {
  public:
    /// Every port at the first time, then those whose link went down or came up.
    void look(const std::vector<dataplane::PortStatus>& ports);

  private:
    std::map<std::string, bool> up_;  // by name
};

}  // namespace esplane::gateway
