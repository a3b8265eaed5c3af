#include "tests/oracle/outer.h"

#include "dataplane/packet/inner_packet.h"
#include "dataplane/packet/outer_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::oracle {
namespace {

using dataplane::Encapsulation;
using dataplane::kProtocolUdp;

constexpr std::uint8_t kProtocolEsp = 50;
constexpr std::size_t kUdpHeader = 8;

Bytes ip_header(const Path& path, std::uint8_t protocol, std::size_t payload) {
    const bool v4 = path.local.address.family() == Family::kIpv4;
    Bytes header(v4 ? 12 : 8);
    header[0] = v4 ? 0x45 : 0x60;
    store_be(header.data() + (v4 ? 2 : 4), static_cast<std::uint16_t>(payload + (v4 ? 20 : 0)));
    header[v4 ? 9 : 6] = protocol;
    header[v4 ? 8 : 7] = dataplane::kOuterHopLimit;
    append(header, path.local.address.octets());
    append(header, path.remote.address.octets());
    if (v4) store_be(header.data() + 10, dataplane::checksum_finish(dataplane::checksum_add(0, header)));
    return header;
}

/// Of ports and length; the checksum is zero (RFC 3948 2.1).
Bytes udp_header(const Path& path, std::size_t payload) {
    Bytes header(kUdpHeader);
    store_be(header.data(), path.local.port);
    store_be(header.data() + 2, path.remote.port);
    store_be(header.data() + 4, static_cast<std::uint16_t>(kUdpHeader + payload));
    return header;
}

std::optional<Unwrapped> unwrap_udp(Unwrapped outer) {
    const std::uint8_t* header = outer.payload.data();
    if (outer.payload.size() < kUdpHeader) return std::nullopt;
    const std::size_t length = load_be<std::uint16_t>(header + 4);
    if (length < kUdpHeader || length > outer.payload.size()) return std::nullopt;
    outer.encapsulation = Encapsulation::kUdp;
    outer.path.remote.port = load_be<std::uint16_t>(header);
    outer.path.local.port = load_be<std::uint16_t>(header + 2);
    outer.payload = to_bytes(ByteView(outer.payload).subspan(kUdpHeader, length - kUdpHeader));
    return outer;
}

}  // namespace

Bytes wrap(const Path& path, Encapsulation encapsulation, ByteView payload) {
    const bool udp = encapsulation == Encapsulation::kUdp;
    const Bytes transport = udp ? udp_header(path, payload.size()) : Bytes{};
    Bytes packet = ip_header(path, udp ? kProtocolUdp : kProtocolEsp, transport.size() + payload.size());
    const std::size_t at = packet.size();
    append(packet, transport);
    append(packet, payload);
    // RFC 8200 8.1: over IPv6 there must be one.
    if (udp && path.local.address.family() == Family::kIpv6)
        store_be(packet.data() + at + 6, dataplane::transport_checksum(packet, at, kProtocolUdp));
    return packet;
}

std::optional<Unwrapped> unwrap(ByteView packet) {
    const auto header = dataplane::parse_inner(packet);
    if (!header) return std::nullopt;
    Unwrapped outer{.path = {.local = {header->destination}, .remote = {header->source}},
                    .encapsulation = Encapsulation::kNone,
                    .payload = to_bytes(packet.first(header->length).subspan(header->transport_offset))};
    if (header->protocol == kProtocolUdp) return unwrap_udp(std::move(outer));
    return header->protocol == kProtocolEsp ? std::optional(std::move(outer)) : std::nullopt;
}

}  // namespace esplane::oracle
