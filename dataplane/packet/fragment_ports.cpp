#include "dataplane/packet/fragment_ports.h"

namespace esplane::dataplane {
namespace {

constexpr auto kForget = [](const auto&) {};

/// Empty for a packet that is whole.
std::optional<FragmentHeader> fragment_of(const InnerPacket& packet, ByteView octets, std::uint32_t scope) {
    if (packet.is_whole) return std::nullopt;
    auto header = parse_fragment_header(octets);
    if (!header || header->kind != FragmentHeader::Kind::kFragment) return std::nullopt;
    header->key.scope = scope;
    return header;
}

}  // namespace

bool FragmentPorts::complete(InnerPacket& packet, ByteView octets, std::uint32_t scope, TimePoint now) {
    if (packet.is_whole) return true;
    const auto header = fragment_of(packet, octets, scope);
    if (!header) return false;
    if (header->offset == 0) return true;
    first_fragments_.expire(now, kForget);
    const Transport* const known = first_fragments_.find(header->key);
    // One that begins within the first would overwrite what has been checked (RFC 1858 3.2, RFC 5722).
    if (known == nullptr || header->offset < known->end) return false;
    packet.protocol = known->protocol;
    packet.source_port = known->source_port;
    packet.destination_port = known->destination_port;
    packet.has_ports = known->has_ports;
    return true;
}

void FragmentPorts::remember(const InnerPacket& packet, ByteView octets, std::uint32_t scope, TimePoint now) {
    const auto header = fragment_of(packet, octets, scope);
    if (!header || header->offset != 0) return;
    first_fragments_.expire(now, kForget);
    // An identification that is in use again belongs to a new datagram, however young the old one is.
    first_fragments_.erase(header->key);
    first_fragments_.insert(header->key, now, kForget) = {
        .source_port = packet.source_port,
        .destination_port = packet.destination_port,
        .end = header->data_length(),
        .protocol = packet.protocol,
        .has_ports = packet.has_ports,
    };
}

}  // namespace esplane::dataplane
