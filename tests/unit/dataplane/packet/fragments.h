// Fragments for tests, made by hand, and a checksum that is not the program's.
#pragma once

#include <algorithm>
#include <memory>

#include "dataplane/packet/time_point.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane::test {

inline constexpr std::uint8_t kGre = 47;  // a protocol without ports, and without a least length
inline constexpr std::uint8_t kFragmentHeader = 44;

inline const IpAddress kV4 = address("10.1.2.3");
inline const IpAddress kV4Peer = address("10.9.8.7");
inline const IpAddress kV6 = address("2001:db8::1");
inline const IpAddress kV6Peer = address("2001:db8::2");

inline TimePoint after(std::chrono::milliseconds time) {
    return TimePoint(std::chrono::hours(1)) + time;
}

/// By octets of weight 256 and 1, modulo 65535; what the checksum field has to make zero.
inline std::uint32_t checksum_residue(ByteView octets, std::uint64_t sum = 0) {
    for (std::size_t i = 0; i < octets.size(); ++i)
        sum += i % 2 == 0 ? octets[i] * 256U : octets[i];
    return static_cast<std::uint32_t>(sum % 65535);
}

inline bool ipv4_header_checksum_is_right(ByteView packet) {
    return checksum_residue(packet.first((packet[0] & std::size_t{0x0f}) * 4)) == 0;
}

/// A block of just that size, so that a sanitizer sees a step beyond.
class Exactly {
  public:
    explicit Exactly(ByteView octets) : block_(new std::uint8_t[octets.size()]), size_(octets.size()) {
        std::copy(octets.begin(), octets.end(), block_.get());
    }
    MutableByteView view() const { return {block_.get(), size_}; }

  private:
    std::unique_ptr<std::uint8_t[]> block_;
    std::size_t size_;
};

struct Part {
    std::uint32_t offset = 0;  // octets
    bool more = false;
    std::uint32_t identification = 1;
    std::uint8_t protocol = kGre;
};

inline Bytes ipv4_fragment(const Part& part, ByteView data, const IpAddress& from = kV4) {
    Bytes packet = ipv4(from, kV4Peer, part.protocol, data,
                        static_cast<std::uint16_t>(part.offset / 8 | (part.more ? 0x2000U : 0U)));
    store_be(packet.data() + 4, static_cast<std::uint16_t>(part.identification));
    store_be(packet.data() + 10, std::uint16_t{0});
    store_be(packet.data() + 10, static_cast<std::uint16_t>(65535 - checksum_residue(ByteView(packet).first(20))));
    return packet;
}

inline Bytes ipv6_fragment(const Part& part, ByteView data, const IpAddress& from = kV6) {
    Bytes fragment(8);
    fragment[0] = part.protocol;
    store_be(fragment.data() + 2, static_cast<std::uint16_t>(part.offset | (part.more ? 1U : 0U)));
    store_be(fragment.data() + 4, part.identification);
    append(fragment, data);
    return ipv6(from, kV6Peer, kFragmentHeader, fragment);
}

inline Bytes fragment(Family family, const Part& part, ByteView data) {
    return family == Family::kIpv4 ? ipv4_fragment(part, data) : ipv6_fragment(part, data);
}

}  // namespace esplane::dataplane::test
