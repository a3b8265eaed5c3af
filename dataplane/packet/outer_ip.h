// What stands before an ESP packet behind the link's header: IP, and UDP where ESP is encapsulated (RFC 3948).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "dataplane/packet/address.h"
#include "dataplane/packet/checksum.h"
#include "dataplane/sa/child_options.h"

namespace esplane::dataplane {

/// Made once for each path, then written before each packet with what differs: lengths, identification, checksum.
class OuterIp {
  public:
    static constexpr std::uint32_t kLongest = 40 + 8;

    OuterIp(const Path& outer, Encapsulation encapsulation);

    std::uint32_t length() const { return length_; }  ///< octets
    bool is_ipv4() const { return v4_; }

    /// What is the packet's own.
    struct Fields {
        std::uint32_t payload_bytes = 0;
        std::uint8_t traffic_class = 0;
        bool dont_fragment = false;        ///< IPv4
        std::uint16_t identification = 0;  ///< IPv4; of packets without DF (RFC 6864 4.1)
    };
    /// Writes length() octets so that they end at `end`. Up to kLongest octets before that may be written over; the
    /// payload stands behind.
    void write(const Fields& fields, std::uint8_t* end) const;

  private:
    void write_ipv4(const Fields& fields, std::uint8_t* ip) const;
    void write_ipv6(const Fields& fields, std::uint8_t* ip) const;
    std::uint32_t behind_ip(const Fields& fields) const { return (has_udp_ ? kUdpHeader : 0U) + fields.payload_bytes; }

    static constexpr std::uint32_t kUdpHeader = 8;

    // In less than a cache line, with room for what is noted beside it.
    std::array<std::uint8_t, kLongest> octets_{};  // at their end, the header
    std::uint16_t ip_sum_ = 0;                     // IPv4: over what does not change
    std::uint8_t length_ = 0;
    bool v4_ : 1 = true;
    bool has_udp_ : 1 = false;
};

inline void OuterIp::write_ipv4(const Fields& fields, std::uint8_t* ip) const {
    constexpr std::uint32_t kDontFragment = 0x4000;
    const std::uint32_t first = 0x4500U | fields.traffic_class;
    const std::uint32_t total = (20U + behind_ip(fields)) & 0xffffU;
    const std::uint32_t flags = fields.dont_fragment ? kDontFragment : 0;
    store_be(ip, first << 16 | total);
    store_be(ip + 4, std::uint32_t{fields.identification} << 16 | flags);
    store_be(ip + 10, checksum_finish(ip_sum_ + first + total + fields.identification + flags));
}

// Inline: every packet that leaves has one.
inline void OuterIp::write(const Fields& fields, std::uint8_t* end) const {
    // Of one length always: that is two dozen octets more, and no call.
    std::memcpy(end - kLongest, octets_.data(), kLongest);
    std::uint8_t* const ip = end - length_;
    if (!v4_) [[unlikely]]
        return write_ipv6(fields, ip);
    write_ipv4(fields, ip);
    // RFC 3948 2.1: over IPv4 the datagram has no checksum.
    if (has_udp_) store_be(end - 4, static_cast<std::uint16_t>(behind_ip(fields)));
}

}  // namespace esplane::dataplane
