// One rule of rte_flow: ESP whose SPI names a worker goes into that worker's queue.
#pragma once

#include <rte_flow.h>

#include <array>
#include <cstdint>

#include "dataplane/packet/address.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

/// What stands before ESP. A rule is for one of the ways.
struct EspBehind {
    Family family = Family::kIpv4;
    bool udp = false;  ///< encapsulated (RFC 3948)
};

struct SteeringOptions {
    std::uint16_t natt_port = 4500;
    bool tagged = false;  ///< frames of the port have a VLAN tag
    /// Says that the rule is not for fragments of IPv4, of which a device might see the SPI in the first one alone: all
    /// fragments of a packet must come to one worker. Not every driver lets a rule say so; those that do not look for
    /// what a packet is first, and see none of ESP in a fragment.
    bool spares_fragments = true;
};

/// What rte_flow takes points into it, so it stays where it is made.
class SteeringRule {
  public:
    /// To the queue of the worker's own number.
    SteeringRule(const EspBehind& behind, WorkerId worker, const SteeringOptions& options);
    SteeringRule(const SteeringRule&) = delete;
    SteeringRule& operator=(const SteeringRule&) = delete;

    const rte_flow_attr& attributes() const { return attributes_; }
    const rte_flow_item* pattern() const { return pattern_.data(); }
    const rte_flow_action* actions() const { return actions_.data(); }

  private:
    /// Of a header: what it is, and what must be in it; null: anything.
    void match(rte_flow_item_type type, const void* spec = nullptr, const void* mask = nullptr);

    rte_flow_attr attributes_{};
    std::array<rte_flow_item, 6> pattern_{};  // the longest: Ethernet, VLAN, IP, UDP, ESP, the end
    std::size_t length_ = 0;
    std::array<rte_flow_action, 2> actions_{};
    rte_flow_action_queue queue_{};
    rte_flow_item_ipv4 whole_{};  // neither offset nor more fragments
    rte_flow_item_ipv4 whole_mask_{};
    rte_flow_item_udp to_port_{};
    rte_flow_item_udp to_port_mask_{};
    rte_flow_item_esp spi_{};
    rte_flow_item_esp spi_mask_{};
};

}  // namespace esplane::dataplane
