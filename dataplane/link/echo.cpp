#include "dataplane/link/echo.h"

#include <algorithm>

#include "dataplane/link/hosts.h"
#include "dataplane/packet/inner_packet.h"
#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kIcmpHeader = 8;
constexpr std::uint8_t kHopLimit = 64;
constexpr std::uint8_t kEndOfOptions = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kLooseSourceRoute = 131;
constexpr std::uint8_t kStrictSourceRoute = 137;

struct EchoTypes {
    std::uint8_t protocol;
    std::uint8_t request;
    std::uint8_t reply;
};

EchoTypes types_of(Family family) {
    return family == Family::kIpv4 ? EchoTypes{kProtocolIcmp, 8, 0} : EchoTypes{kProtocolIpv6Icmp, 128, 129};
}

std::optional<InnerPacket> read_request(ByteView octets, std::span<const PortAddress> ours) {
    const auto packet = parse_inner(octets);
    if (!packet || !packet->is_whole || !packet->has_ports || !is_ours(packet->destination, ours)) return std::nullopt;
    const EchoTypes types = types_of(packet->destination.family());
    if (packet->protocol != types.protocol || packet->source_port >> 8 != types.request) return std::nullopt;
    return packet;
}

/// Whether a hop that the sender has chosen is among the options; and when they cannot be read.
bool is_source_routed(ByteView options) {
    while (!options.empty() && options[0] != kEndOfOptions) {
        if (options[0] == kLooseSourceRoute || options[0] == kStrictSourceRoute) return true;
        if (options[0] != kNoOperation && (options.size() < 2 || options[1] < 2 || options[1] > options.size()))
            return true;
        options = options.subspan(options[0] == kNoOperation ? 1 : options[1]);
    }
    return false;
}

bool has_right_header(ByteView octets, const InnerPacket& packet) {
    if (packet.source.family() == Family::kIpv6)
        return packet.transport_offset == plain_ip_header_length(Family::kIpv6);
    const ByteView header = octets.first(packet.transport_offset);
    return checksum_finish(checksum_add(0, header)) == 0 && !is_source_routed(header.subspan(20));
}

/// A whole packet with a right checksum, of code 0.
bool has_right_message(ByteView octets, const InnerPacket& packet) {
    const ByteView message = octets.subspan(packet.transport_offset);
    if (message.size() < kIcmpHeader || message[1] != 0) return false;
    if (packet.source.family() == Family::kIpv4) return checksum_finish(checksum_add(0, message)) == 0;
    return transport_checksum(octets, packet.transport_offset, kProtocolIpv6Icmp) == 0;
}

/// Neither swapping the addresses nor anything else here but the hop limit and the type changes a sum.
void turn_round(MutableByteView octets, std::size_t message_at) {
    const bool v4 = octets[0] >> 4 == 4;
    std::uint8_t* const source = octets.data() + (v4 ? 12 : 8);
    std::uint8_t* const destination = source + (v4 ? 4 : 16);
    std::swap_ranges(source, destination, destination);
    octets[v4 ? 8 : 7] = kHopLimit;
    if (v4) {
        store_be(octets.data() + 10, std::uint16_t{0});
        store_be(octets.data() + 10, checksum_finish(checksum_add(0, octets.first(message_at))));
    }
    std::uint8_t* const message = octets.data() + message_at;
    const auto before = load_be<std::uint16_t>(message);
    message[0] = types_of(v4 ? Family::kIpv4 : Family::kIpv6).reply;
    store_be(message + 2,
             checksum_update(load_be<std::uint16_t>(message + 2), before, load_be<std::uint16_t>(message)));
}

}  // namespace

bool is_echo_request(ByteView packet, std::span<const PortAddress> ours) {
    return read_request(packet, ours).has_value();
}

std::uint32_t answer_echo(MutableByteView packet, std::span<const PortAddress> ours) {
    const auto request = read_request(packet, ours);
    if (!request || !is_another_host(request->source, ours)) return 0;
    const MutableByteView whole = packet.first(request->length);
    if (!has_right_header(whole, *request) || !has_right_message(whole, *request)) return 0;
    turn_round(whole, request->transport_offset);
    return request->length;
}

}  // namespace esplane::dataplane
