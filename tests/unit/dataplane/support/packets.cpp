#include "tests/unit/dataplane/support/packets.h"

#include <stdexcept>

namespace esplane::dataplane::test {
namespace {

constexpr std::uint8_t kTcp = 6;

/// Deliberately not the program's own: a 64-bit sum of octets by weight, folded at the end.
std::uint16_t internet_checksum(ByteView octets, std::uint64_t sum) {
    for (std::size_t i = 0; i < octets.size(); ++i)
        sum += i % 2 == 0 ? octets[i] * 256U : octets[i];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

std::uint16_t tcp_checksum(const Bytes& packet, std::size_t offset) {
    const bool v4 = packet[0] >> 4 == 4;
    const ByteView addresses = ByteView(packet).subspan(v4 ? 12 : 8, v4 ? 8 : 32);
    Bytes pseudo = to_bytes(addresses);
    append(pseudo, ByteView(packet).subspan(offset));
    return internet_checksum(pseudo, kTcp + packet.size() - offset);
}

}  // namespace

IpAddress address(std::string_view text) {
    const auto parsed = IpAddress::parse(text);
    if (!parsed) throw std::invalid_argument("no address: " + std::string(text));
    return *parsed;
}

Bytes filler(std::size_t length) {
    Bytes octets(length);
    for (std::size_t i = 0; i < length; ++i)
        octets[i] = static_cast<std::uint8_t>(i % 251);
    return octets;
}

Bytes ipv4(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol, ByteView payload,
           std::uint16_t fragment, ByteView options) {
    Bytes packet(20);
    packet[0] = static_cast<std::uint8_t>(0x45 + options.size() / 4);
    store_be(packet.data() + 2, static_cast<std::uint16_t>(20 + options.size() + payload.size()));
    store_be(packet.data() + 6, fragment);
    packet[8] = 64;
    packet[9] = protocol;
    std::copy(source.octets().begin(), source.octets().end(), packet.begin() + 12);
    std::copy(destination.octets().begin(), destination.octets().end(), packet.begin() + 16);
    append(packet, options);
    store_be(packet.data() + 10, internet_checksum(packet, 0));
    append(packet, payload);
    return packet;
}

Bytes ipv6(const IpAddress& source, const IpAddress& destination, std::uint8_t next_header, ByteView payload) {
    Bytes packet(40);
    packet[0] = 0x60;
    store_be(packet.data() + 4, static_cast<std::uint16_t>(payload.size()));
    packet[6] = next_header;
    packet[7] = 64;
    std::copy(source.octets().begin(), source.octets().end(), packet.begin() + 8);
    std::copy(destination.octets().begin(), destination.octets().end(), packet.begin() + 24);
    append(packet, payload);
    return packet;
}

Bytes ip(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol, ByteView payload) {
    if (source.family() == Family::kIpv4) return ipv4(source, destination, protocol, payload);
    return ipv6(source, destination, protocol, payload);
}

Bytes udp(std::uint16_t source_port, std::uint16_t destination_port, ByteView payload) {
    Bytes datagram(8);
    store_be(datagram.data(), source_port);
    store_be(datagram.data() + 2, destination_port);
    store_be(datagram.data() + 4, static_cast<std::uint16_t>(8 + payload.size()));
    append(datagram, payload);
    return datagram;
}

Bytes tcp(std::uint8_t flags, ByteView options, ByteView payload) {
    Bytes segment(20);
    store_be(segment.data(), std::uint16_t{40000});
    store_be(segment.data() + 2, std::uint16_t{443});
    store_be(segment.data() + 4, std::uint32_t{0x12345678});
    segment[12] = static_cast<std::uint8_t>((20 + options.size()) / 4 << 4);
    segment[13] = flags;
    append(segment, options);
    append(segment, payload);
    return segment;
}

void set_tcp_checksum(Bytes& packet, std::size_t offset) {
    store_be(packet.data() + offset + 16, std::uint16_t{0});
    store_be(packet.data() + offset + 16, tcp_checksum(packet, offset));
}

bool tcp_checksum_is_right(const Bytes& packet, std::size_t offset) {
    return tcp_checksum(packet, offset) == 0;
}

}  // namespace esplane::dataplane::test
