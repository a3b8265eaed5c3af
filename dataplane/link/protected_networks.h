// What lies behind the tunnels: destinations that nothing may be sent to in clear.
//
// The same that the routes of a gateway with TUN devices say (gateway/net/route_plan.h): the longest prefix decides,
// and a local prefix within a remote one of the same tunnel is not behind it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/packet/address.h"

namespace esplane::dataplane {

class ProtectedNetworks {
  public:
    /// In place of what the tunnel of this name had; without `remote` it has nothing any more.
    void set(const std::string& tunnel, const std::vector<Prefix>& local, const std::vector<Prefix>& remote);
    /// Of the remote prefix that the address is in, the length; empty when it is behind no tunnel.
    std::optional<std::uint8_t> find(const IpAddress& address) const;

  private:
    struct Networks {
        std::vector<Prefix> remote;
        std::vector<Prefix> excepted;
    };
    /// Of one network, how many tunnels say it.
    struct Use {
        std::uint32_t remote = 0;
        std::uint32_t excepted = 0;
    };
    using ByAddress = std::map<IpAddress, Use>;
    /// The longest prefix first.
    using ByLength = std::map<std::uint8_t, ByAddress, std::greater<>>;

    ByLength& of(Family family) { return families_[family == Family::kIpv6 ? 1 : 0]; }
    const ByLength& of(Family family) const { return families_[family == Family::kIpv6 ? 1 : 0]; }
    void add(const Prefix& prefix, std::uint32_t Use::*what);
    void remove(const Prefix& prefix, std::uint32_t Use::*what);

    std::map<std::string, Networks> tunnels_;
    std::array<ByLength, 2> families_;
};

}  // namespace esplane::dataplane
