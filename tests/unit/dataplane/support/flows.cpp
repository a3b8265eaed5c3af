#include "tests/unit/dataplane/support/flows.h"

#include <array>

namespace esplane::dataplane::test {
namespace {

std::uint64_t weigh_transport(ByteView packet) {
    const bool v4 = packet[0] >> 4 == 4;
    const std::size_t header = v4 ? 20 : 40;
    const std::uint8_t protocol = packet[v4 ? 9 : 6];
    const ByteView addresses = v4 ? packet.subspan(12, 8) : packet.subspan(8, 32);
    return weigh(addresses) + protocol + (packet.size() - header) + weigh(packet.subspan(header));
}

Bytes transport_of(const Segment& segment) {
    Bytes header(segment.tcp ? 20 : 8);
    store_be(header.data(), segment.source_port);
    store_be(header.data() + 2, std::uint16_t{443});
    if (segment.tcp) {
        store_be(header.data() + 4, segment.sequence);
        store_be(header.data() + 8, segment.acknowledged);
        header[12] = static_cast<std::uint8_t>((20 + segment.options.size()) / 4 << 4);
        header[13] = segment.flags;
        store_be(header.data() + 14, segment.window);
        store_be(header.data() + 18, segment.urgent);
        append(header, segment.options);
    } else {
        store_be(header.data() + 4, static_cast<std::uint16_t>(8 + segment.payload.size()));
    }
    append(header, segment.payload);
    return header;
}

Bytes ip_header_of(const Segment& segment, std::size_t transport_length) {
    const std::uint8_t protocol = segment.tcp ? 6 : 17;
    if (segment.v6) {
        Bytes header(40);
        store_be(header.data(), static_cast<std::uint32_t>(0x60000000U | segment.traffic_class << 20U));
        store_be(header.data() + 4, static_cast<std::uint16_t>(transport_length));
        header[6] = protocol;
        header[7] = segment.ttl;
        header[8] = header[24] = 0xfd;
        header[23] = segment.host;
        header[39] = 200;
        return header;
    }
    Bytes header = {0x45, segment.traffic_class, 0,  0, 0, 0,  0, 0, segment.ttl, protocol, 0, 0, 10, 1,
                    0,    segment.host,          10, 2, 0, 200};
    store_be(header.data() + 2, static_cast<std::uint16_t>(20 + transport_length));
    store_be(header.data() + 4, segment.id);
    store_be(header.data() + 6, std::uint16_t{segment.dont_fragment ? std::uint16_t{0x4000} : std::uint16_t{0}});
    store_be(header.data() + 10, static_cast<std::uint16_t>(~fold(weigh(header))));
    return header;
}

}  // namespace

std::uint64_t weigh(ByteView octets) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < octets.size(); ++i)
        sum += i % 2 == 0 ? octets[i] * 256U : octets[i];
    return sum;
}

std::uint16_t fold(std::uint64_t sum) {
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

Bytes build(const Segment& segment) {
    const Bytes transport = transport_of(segment);
    Bytes packet = ip_header_of(segment, transport.size());
    const std::size_t checksum_at = packet.size() + (segment.tcp ? 16 : 6);
    append(packet, transport);
    const auto checksum = static_cast<std::uint16_t>(~fold(weigh_transport(packet)));
    store_be(packet.data() + checksum_at, checksum == 0 && !segment.tcp ? std::uint16_t{0xffff} : checksum);
    return packet;
}

bool checksums_are_right(ByteView packet) {
    if (packet[0] >> 4 == 4 && fold(weigh(packet.first(20))) != 0xffff) return false;
    return fold(weigh_transport(packet)) == 0xffff;
}

}  // namespace esplane::dataplane::test
