// Which policy of which tunnel a plain packet belongs to (RFC 4301 4.4.1): by device, addresses, protocol and ports;
// the longest remote prefix wins, then what was added first.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/sa/network_table.h"
#include "dataplane/sa/selector_match.h"
#include "dataplane/sa/tunnel.h"

namespace esplane::dataplane {

/// Does not own the tunnels. A lookup costs one probe for each prefix length in use, whatever the number of tunnels.
class PolicyTable {
  public:
    /// All policies of a tunnel.
    void add(TunnelState* tunnel);
    void remove(TunnelState* tunnel);
    Policy* find(ClearPort port, const InnerPacket& packet) const;

    /// Whether it is worth while to ask for a batch's policies before they are looked up: a few are in the cache
    /// anyway.
    bool is_large() const { return count_ > kFew; }
    /// Two steps towards find(), each of which may wait for memory: both for all packets of a batch, one after the
    /// other.
    void prefetch_entries(ClearPort port, const InnerPacket& packet) const {
        for (const NetworkTable& table : of(packet.destination.family()))
            table.prefetch_entry(port, packet.destination);
    }
    void prefetch_policies(ClearPort port, const InnerPacket& packet) const {
        for (const NetworkTable& table : of(packet.destination.family()))
            table.prefetch_policy(port, packet.destination);
    }

  private:
    static constexpr std::size_t kFew = 32;

    /// One for each prefix length in use of one family, the longest first.
    using ByLength = std::vector<NetworkTable>;

    ByLength& of(Family family) { return family == Family::kIpv4 ? ipv4_ : ipv6_; }
    const ByLength& of(Family family) const { return family == Family::kIpv4 ? ipv4_ : ipv6_; }
    NetworkTable& table_for(const TrafficSelector& remote);

    ByLength ipv4_;
    ByLength ipv6_;
    std::size_t count_ = 0;  // of policies
};

}  // namespace esplane::dataplane
