// Ways to peers over the gateway's own ports: what is on their links, and their gateways, are all the routes there are.
#pragma once

#include <string>
#include <vector>

#include "crypto/result.h"
#include "dataplane/dpdk/options.h"
#include "dataplane/link/next_hops.h"
#include "gateway/outer_path.h"

namespace esplane::gateway {

class PortPaths {
  public:
    explicit PortPaths(const dataplane::DpdkOptions& options);

    /// The error says what is missing, as a sentence without its end.
    Result<OuterPath, std::string> find(const IpAddress& peer) const;

  private:
    std::vector<dataplane::PortSetup> ports_;
    dataplane::NextHops hops_{ports_};
};

}  // namespace esplane::gateway
