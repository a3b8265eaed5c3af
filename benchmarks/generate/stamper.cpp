#include "benchmarks/generate/stamper.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"

namespace esplane::bench::generate {
namespace {

using dataplane::checksum_add;
using dataplane::checksum_finish;
using dataplane::checksum_fold;

std::uint32_t sum_of(std::uint32_t value) {
    return (value >> 16) + (value & 0xffff);
}

std::uint32_t sum_of(std::uint64_t value) {
    return sum_of(static_cast<std::uint32_t>(value >> 32)) + sum_of(static_cast<std::uint32_t>(value));
}

}  // namespace

Stamper::Stamper(const Traffic& traffic, const EthernetEnds& ends) : layout_(traffic.family(), traffic.transport) {
    for (const std::uint32_t length : traffic.mix.pattern)
        templates_.push_back(make_template(length, ends));
    longest_ = kEthernetHeader + traffic.mix.longest();
    flows_.resize(traffic.flows);
    for (std::uint32_t number = 0; number < traffic.flows; ++number) {
        const Flow flow = flow_at(traffic, number);
        FlowStamp& stamp = flows_[number];
        const auto end = std::ranges::copy(flow.source.octets(), stamp.addresses.begin()).out;
        std::ranges::copy(flow.destination.octets(), end);
        stamp.sum = checksum_fold(checksum_add(0, stamp.addresses));
        stamp.source_port = flow.source_port;
    }
}

std::uint32_t Stamper::stamp(std::uint8_t* to, const Stamp& stamp) const {
    const Template& base = templates_[(std::size_t{stamp.flow} + stamp.sequence) % templates_.size()];
    const FlowStamp& flow = flows_[stamp.flow];
    std::memcpy(to, base.frame.data(), base.frame.size());
    std::memcpy(to + layout_.source_at, flow.addresses.data(), std::size_t{2} * layout_.address_length);
    store_be(to + layout_.transport_at, flow.source_port);
    store_be(to + layout_.probe_at + kProbeFlowAt, stamp.flow);
    store_be(to + layout_.probe_at + kProbeSequenceAt, stamp.sequence);
    store_be(to + layout_.probe_at + kProbeTimeAt, stamp.time);
    if (layout_.is_ipv4) {
        store_be(to + kEthernetHeader + dataplane::kIpv4ChecksumAt, checksum_finish(base.ip_sum + flow.sum));
    }
    const std::uint32_t sum = base.transport_sum + flow.sum + flow.source_port + sum_of(stamp.flow) +
                              sum_of(stamp.sequence) + sum_of(stamp.time);
    std::uint16_t checksum = checksum_finish(sum);
    // Of UDP, zero would say that there is no checksum (RFC 768).
    if (checksum == 0 && !layout_.is_tcp) checksum = 0xffff;
    store_be(to + layout_.checksum_at, checksum);
    return static_cast<std::uint32_t>(base.frame.size());
}

Stamper::Template Stamper::make_template(std::uint32_t packet_length, const EthernetEnds& ends) const {
    Template made;
    made.frame.resize(kEthernetHeader + packet_length);
    std::uint8_t* const frame = made.frame.data();
    std::ranges::copy(ends.destination.octets, frame);
    std::ranges::copy(ends.source.octets, frame + ends.destination.octets.size());
    store_be(frame + kEtherTypeAt, layout_.ether_type);
    const Family family = layout_.is_ipv4 ? Family::kIpv4 : Family::kIpv6;
    const std::uint32_t payload = packet_length - dataplane::plain_ip_header_length(family);
    dataplane::write_ip_header({.source = IpAddress::any(family),
                                .destination = IpAddress::any(family),
                                .protocol = layout_.protocol,
                                .payload_bytes = static_cast<std::uint16_t>(payload)},
                               frame + kEthernetHeader);
    if (layout_.is_ipv4) {
        store_be(frame + kEthernetHeader + dataplane::kIpv4ChecksumAt, std::uint16_t{0});
        made.ip_sum = checksum_fold(checksum_add(0, {frame + kEthernetHeader, dataplane::kIpv4Header}));
    }
    write_transport_header(frame + layout_.transport_at, payload);
    for (std::size_t at = layout_.probe_at + kProbe; at < made.frame.size(); ++at)
        made.frame[at] = static_cast<std::uint8_t>(at);
    made.transport_sum =
        checksum_fold(checksum_add(layout_.protocol + payload, {frame + layout_.transport_at, payload}));
    return made;
}

/// Without source port and checksum.
void Stamper::write_transport_header(std::uint8_t* to, std::uint32_t length) const {
    store_be(to + 2, kDestinationPort);
    if (layout_.is_tcp) {
        to[dataplane::kTcpOffsetAt] = dataplane::kTcpHeader / 4 << 4;
        to[dataplane::kTcpFlagsAt] = dataplane::kTcpAck;  // of an established connection: no MSS to clamp
    } else {
        store_be(to + dataplane::kUdpLengthAt, static_cast<std::uint16_t>(length));
    }
}

}  // namespace esplane::bench::generate
