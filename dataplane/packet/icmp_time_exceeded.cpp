#include "dataplane/packet/icmp_time_exceeded.h"

namespace esplane::dataplane {
namespace {

constexpr std::uint8_t kTimeExceeded = 11;
constexpr std::uint8_t kTimeExceededIpv6 = 3;

}  // namespace

bool may_say_time_exceeded(const InnerPacket& packet, ByteView octets) {
    // RFC 4443 2.4 e.3. Of IPv4 the other function knows.
    const bool is_to_many = packet.destination.family() == Family::kIpv6 && packet.destination.octets()[0] == 0xff;
    return !is_to_many && may_answer_with_error(packet, octets);
}

MutableByteView make_time_exceeded(const InnerPacket& packet, MutableByteView octets, const IpAddress& from) {
    const std::uint8_t type = packet.source.family() == Family::kIpv4 ? kTimeExceeded : kTimeExceededIpv6;
    return put_before_quote({.type = type}, packet, from, octets.data());
}

}  // namespace esplane::dataplane
