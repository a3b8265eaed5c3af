// Which way a packet takes that a program of the host sends from an address of the gateway's: into the tunnels, or out
// of a port as it is. It comes back the same way, or it is not what it says (RFC 4301 5.2).
#pragma once

#include <cstdint>
#include <shared_mutex>
#include <string>
#include <vector>

#include "dataplane/link/next_hops.h"
#include "dataplane/link/protected_networks.h"

namespace esplane::dataplane {

class HostRoutes {
  public:
    enum class Kind : std::uint8_t {
        kTunnels,  ///< to where whatever comes from the clear side goes, and there is no other way
        kPort,     ///< in clear
        kNoWay,    ///< the port of the source address has neither the destination on its link nor a gateway
        kForeign,  ///< not from an address of the gateway's to another host
    };
    struct Way {
        Kind kind = Kind::kForeign;
        NextHop hop{};  ///< of kPort
    };
    using Lock = std::shared_lock<std::shared_mutex>;

    /// `ports` stays the caller's, who must not change it.
    explicit HostRoutes(const std::vector<PortSetup>& ports) : ports_(ports), hops_(ports) {}

    /// What is behind the tunnel of this name, from now on; without `remote` nothing. When it returns, nobody goes by
    /// older answers any more.
    void protect(const std::string& tunnel, const std::vector<Prefix>& local, const std::vector<Prefix>& remote);

    /// To be held while find() is asked, and its answer is gone by. Never waits: not held when the routes are changing.
    Lock try_lock() const { return {mutex_, std::try_to_lock}; }
    Way find(const IpAddress& source, const IpAddress& destination) const;

  private:
    bool is_own(const IpAddress& address) const;

    const std::vector<PortSetup>& ports_;
    NextHops hops_;
    mutable std::shared_mutex mutex_;
    ProtectedNetworks protected_;
};

}  // namespace esplane::dataplane
