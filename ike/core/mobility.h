// What MOBIKE (RFC 4555) adds to the state of an IKE SA.
#pragma once

#include <optional>

#include "dataplane/packet/address.h"
#include "ike/core/nat_detection.h"

namespace esplane::ike {

/// Where the two ends are, and how ESP travels between them.
struct Whereabouts {
    Path path;
    NatFinding nat;
    bool udp_encapsulation = false;
};

struct Mobility {
    bool agreed = false;  ///< both said MOBIKE_SUPPORTED
    /// Set while the peer has not shown that it receives where it says it is: where ESP goes meanwhile.
    std::optional<Whereabouts> proven;
};

}  // namespace esplane::ike
