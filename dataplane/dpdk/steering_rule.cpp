#include "dataplane/dpdk/steering_rule.h"

#include <rte_byteorder.h>

namespace esplane::dataplane {
namespace {

constexpr std::uint16_t kFragment = 0x3fff;  // more fragments, and the offset

}  // namespace

SteeringRule::SteeringRule(const EspBehind& behind, WorkerId worker, const SteeringOptions& options) {
    attributes_.ingress = 1;
    match(RTE_FLOW_ITEM_TYPE_ETH);
    if (options.tagged) match(RTE_FLOW_ITEM_TYPE_VLAN);
    if (behind.family == Family::kIpv6) {
        // ESP or UDP right behind it: a fragment has a header of its own there.
        match(RTE_FLOW_ITEM_TYPE_IPV6);
    } else if (options.spares_fragments) {
        whole_mask_.hdr.fragment_offset = rte_cpu_to_be_16(kFragment);
        match(RTE_FLOW_ITEM_TYPE_IPV4, &whole_, &whole_mask_);
    } else {
        match(RTE_FLOW_ITEM_TYPE_IPV4);
    }
    if (behind.udp) {
        to_port_.hdr.dst_port = rte_cpu_to_be_16(options.natt_port);
        to_port_mask_.hdr.dst_port = UINT16_MAX;
        match(RTE_FLOW_ITEM_TYPE_UDP, &to_port_, &to_port_mask_);
    }
    spi_.hdr.spi = rte_cpu_to_be_32(to_number(worker));
    spi_mask_.hdr.spi = rte_cpu_to_be_32(kWorkerOfSpi);
    match(RTE_FLOW_ITEM_TYPE_ESP, &spi_, &spi_mask_);
    match(RTE_FLOW_ITEM_TYPE_END);
    queue_.index = to_number(worker);
    actions_ = {{{RTE_FLOW_ACTION_TYPE_QUEUE, &queue_}, {RTE_FLOW_ACTION_TYPE_END, nullptr}}};
}

void SteeringRule::match(rte_flow_item_type type, const void* spec, const void* mask) {
    pattern_[length_++] = {.type = type, .spec = spec, .last = nullptr, .mask = mask};
}

}  // namespace esplane::dataplane
