// Traffic selectors (RFC 7296 3.13.1, RFC 4301 4.4.1): what a CHILD_SA may carry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/packet/address.h"

namespace esplane::dataplane {

/// A range of addresses of one family, a range of ports and a protocol. Ends included; `first <= last`.
struct TrafficSelector {
    IpAddress first;
    IpAddress last;
    std::uint8_t protocol = 0;  ///< 0: any
    std::uint16_t first_port = 0;
    std::uint16_t last_port = 65535;

    static TrafficSelector from_prefix(const Prefix& prefix);
    bool any_port() const { return first_port == 0 && last_port == 65535; }
    bool contains(const TrafficSelector& other) const;
    /// What both allow; empty when nothing.
    std::optional<TrafficSelector> intersect(const TrafficSelector& other) const;
    std::string to_string() const;  ///< as it is configured: "10.0.0.0/16", "10.0.0.0/16[tcp/443]"
    friend bool operator==(const TrafficSelector&, const TrafficSelector&) = default;
};

/// Our side and the peer's side. A packet out must match one of each: source in `local`, destination in `remote`.
struct SelectorPair {
    std::vector<TrafficSelector> local;
    std::vector<TrafficSelector> remote;
    friend bool operator==(const SelectorPair&, const SelectorPair&) = default;
};

std::string to_string(const std::vector<TrafficSelector>& selectors);  ///< joined by ", "

}  // namespace esplane::dataplane
