#include "dataplane/packet/ip_header.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {
namespace {

void write_ipv4(const IpHeader& header, std::uint8_t* to) {
    constexpr std::uint16_t kDontFragment = 0x4000;
    std::fill_n(to, 20, std::uint8_t{0});
    to[0] = 0x45;
    to[1] = header.traffic_class;
    store_be(to + 2, static_cast<std::uint16_t>(20 + header.payload_bytes));
    store_be(to + 6, kDontFragment);
    to[8] = header.hop_limit;
    to[9] = header.protocol;
    const ByteView source = header.source.octets();
    const ByteView destination = header.destination.octets();
    std::copy(source.begin(), source.end(), to + 12);
    std::copy(destination.begin(), destination.end(), to + 16);
    store_be(to + 10, checksum_finish(checksum_add(0, {to, 20})));
}

void write_ipv6(const IpHeader& header, std::uint8_t* to) {
    store_be(to, 0x60000000U | static_cast<std::uint32_t>(header.traffic_class) << 20);
    store_be(to + 4, header.payload_bytes);
    to[6] = header.protocol;
    to[7] = header.hop_limit;
    const ByteView source = header.source.octets();
    const ByteView destination = header.destination.octets();
    std::copy(source.begin(), source.end(), to + 8);
    std::copy(destination.begin(), destination.end(), to + 24);
}

}  // namespace

void write_ip_header(const IpHeader& header, std::uint8_t* to) {
    if (header.source.family() == Family::kIpv4) {
        write_ipv4(header, to);
    } else {
        write_ipv6(header, to);
    }
}

}  // namespace esplane::dataplane
