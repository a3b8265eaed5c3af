// Addresses of ours that other stations on the links claim: said by any worker, read by the control thread.
#pragma once

#include <atomic>
#include <deque>
#include <vector>

#include "dataplane/link/port_number.h"
#include "dataplane/link/port_setup.h"
#include "dataplane/link/responder.h"
#include "dataplane/port_status.h"

namespace esplane::dataplane {

class AddressClaims {
  public:
    explicit AddressClaims(const std::vector<PortSetup>& ports);

    /// Any thread. Of two at one moment one may be lost.
    void report(PortNumber port, const DuplicateAddress& duplicate);
    /// Any thread: the addresses of the port's that were claimed.
    std::vector<AddressClaim> of(PortNumber port) const;

  private:
    struct Claim {
        PortNumber port{};
        IpAddress address;
        std::atomic<std::uint64_t> count_and_mac{0};  // in the low 48 bits the MAC address
    };
    std::deque<Claim> claims_;
};

}  // namespace esplane::dataplane
