// Says in the log what becomes of the ports' links.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/port_status.h"

namespace esplane::gateway {

class PortLog {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::minutes kBetweenClaims{10};

    /// Every port at the first time, then those whose link went down or came up, and addresses that another station
    /// claims: each at once, and again after kBetweenClaims if that goes on.
    void look(const std::vector<dataplane::PortStatus>& ports, TimePoint now);

  private:
    struct Told {
        std::uint64_t count = 0;
        TimePoint at;
    };
    void look_at_link(const dataplane::PortStatus& port);
    void look_at_claims(const dataplane::PortStatus& port, TimePoint now);

    std::map<std::string, bool> up_;                              // by name
    std::map<std::pair<std::string, std::string>, Told> claims_;  // by name and address
};

}  // namespace esplane::gateway
