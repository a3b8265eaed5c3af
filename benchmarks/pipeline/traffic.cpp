#include "benchmarks/pipeline/traffic.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"

namespace esplane::bench {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kMostAdded =
    80;  // by any suite: header, IV, padding, trailer, ICV; and the tailroom of a plain one

}  // namespace

PacketMemory::PacketMemory(std::size_t count, const Mix& mix)
    : stride_(((mix.longest() + kMostAdded) / sizeof(Line) + 1) | 1), lines_(count * stride_) {}

void write_packet(MutableByteView packet) {
    std::fill(packet.begin(), packet.end(), std::uint8_t{0});
    packet[0] = 0x45;
    store_be(packet.data() + 2, static_cast<std::uint16_t>(packet.size()));
    packet[8] = 64;
    packet[9] = 6;
    std::uint8_t* const segment = packet.data() + kIpv4Header;
    store_be(segment, std::uint16_t{40000});
    store_be(segment + 2, std::uint16_t{443});
    segment[12] = 0x50;
    segment[13] = 0x10;  // ACK
}

void set_addresses(std::uint8_t* packet, const IpAddress& source, const IpAddress& destination) {
    std::copy(source.octets().begin(), source.octets().end(), packet + 12);
    std::copy(destination.octets().begin(), destination.octets().end(), packet + 16);
    store_be(packet + 10, std::uint16_t{0});
    store_be(packet + 10, dataplane::checksum_finish(dataplane::checksum_add(0, {packet, kIpv4Header})));
}

}  // namespace esplane::bench
