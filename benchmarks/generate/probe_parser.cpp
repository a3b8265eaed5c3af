#include "benchmarks/generate/probe_parser.h"

#include <algorithm>

#include "dataplane/packet/transport_checksum.h"

namespace esplane::bench::generate {

ProbeParser::ProbeParser(const Traffic& traffic) : layout_(traffic.family(), traffic.transport) {
    flows_.resize(traffic.flows);
    for (std::uint32_t number = 0; number < traffic.flows; ++number) {
        const Flow flow = flow_at(traffic, number);
        const auto end = std::ranges::copy(flow.source.octets(), flows_[number].addresses.begin()).out;
        std::ranges::copy(flow.destination.octets(), end);
        flows_[number].source_port = flow.source_port;
    }
}

Recognition ProbeParser::parse(ByteView frame, Stamp& stamp) const {
    if (!is_shaped(frame)) return Recognition::kForeign;
    const std::uint8_t* const probe = frame.data() + layout_.probe_at;
    const auto flow = load_be<std::uint32_t>(probe + kProbeFlowAt);
    if (!is_of_flow(frame, flow)) return Recognition::kForeign;
    if (!is_whole(frame.subspan(kEthernetHeader))) return Recognition::kDamaged;
    stamp = {.flow = flow,
             .sequence = load_be<std::uint32_t>(probe + kProbeSequenceAt),
             .time = load_be<std::uint64_t>(probe + kProbeTimeAt)};
    return Recognition::kOurs;
}

bool ProbeParser::is_shaped(ByteView frame) const {
    if (frame.size() < layout_.probe_at + kProbe) return false;
    if (load_be<std::uint16_t>(frame.data() + kEtherTypeAt) != layout_.ether_type) return false;
    const ByteView packet = frame.subspan(kEthernetHeader);
    if (layout_.is_ipv4 ? packet[0] != 0x45 : packet[0] >> 4 != 6) return false;
    return dataplane::ip_header_protocol(packet) == layout_.protocol;
}

bool ProbeParser::is_of_flow(ByteView frame, std::uint32_t flow) const {
    if (flow >= flows_.size()) return false;
    const Ends& ends = flows_[flow];
    const std::uint8_t* const ports = frame.data() + layout_.transport_at;
    return std::equal(frame.begin() + layout_.source_at, frame.begin() + layout_.source_at + 2 * layout_.address_length,
                      ends.addresses.begin()) &&
           load_be<std::uint16_t>(ports) == ends.source_port && load_be<std::uint16_t>(ports + 2) == kDestinationPort;
}

bool ProbeParser::is_whole(ByteView packet) const {
    const std::size_t header = layout_.transport_at - kEthernetHeader;
    const std::size_t said =
        load_be<std::uint16_t>(packet.data() + (layout_.is_ipv4 ? dataplane::kIpv4LengthAt : dataplane::kIpv6LengthAt));
    const std::size_t length = layout_.is_ipv4 ? said : said + header;
    if (length < layout_.probe_at - kEthernetHeader + kProbe || length > packet.size()) return false;
    if (layout_.is_ipv4 && dataplane::checksum_finish(dataplane::checksum_add(0, packet.first(header))) != 0)
        return false;
    const bool is_length_right =
        layout_.is_tcp || load_be<std::uint16_t>(packet.data() + header + dataplane::kUdpLengthAt) == length - header;
    return is_length_right && dataplane::transport_checksum(packet.first(length), header, layout_.protocol) == 0;
}

}  // namespace esplane::bench::generate
