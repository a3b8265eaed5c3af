// Which port a packet leaves by, and to whom on its link: what a routing table is where there are few ports.
#pragma once

#include <optional>
#include <vector>

#include "dataplane/link/port_number.h"
#include "dataplane/link/port_setup.h"

namespace esplane::dataplane {

struct NextHop {
    PortNumber port{};
    IpAddress address;  ///< whose MAC address the frame is for

    bool operator==(const NextHop&) const = default;
};

/// Ports of both sides; `ports` stays the caller's, who must not change it.
class NextHops {
  public:
    explicit NextHops(const std::vector<PortSetup>& ports) : ports_(ports) {}

    /// For a plain packet: a clear port on whose link the destination is, with the longest prefix; else the first one
    /// with a gateway of the family. Empty: there is no way.
    std::optional<NextHop> to_host(const IpAddress& destination) const;

    /// For an outer packet from this address of ours: by the port that has it.
    std::optional<NextHop> to_peer(const IpAddress& source, const IpAddress& destination) const;

    /// For a packet of the host's own from this address of ours: by the port that has it, if the destination is on its
    /// link; by another on whose link it is, with the longest prefix; else to the gateway of the former.
    std::optional<NextHop> from_own(const IpAddress& source, const IpAddress& destination) const;

    /// The address of ours from which a peer is reached, where none is written: of a cipher port, as above.
    std::optional<IpAddress> source_to(const IpAddress& peer) const;

  private:
    const std::vector<PortSetup>& ports_;
};

}  // namespace esplane::dataplane
