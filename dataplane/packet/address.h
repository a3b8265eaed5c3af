// IP addresses, prefixes and endpoints: values, compared and printed, without any socket type.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace esplane {

enum class Family : std::uint8_t { kIpv4 = 4, kIpv6 = 6 };

/// An IPv4 or IPv6 address. Ordered by family, then as an unsigned number.
class IpAddress {
  public:
    IpAddress() = default;  ///< 0.0.0.0
    static IpAddress v4(std::uint32_t host_order);
    static IpAddress v4(const std::array<std::uint8_t, 4>& octets);
    static IpAddress v6(const std::array<std::uint8_t, 16>& octets);
    /// 4 or 16 octets in network order; empty on any other length.
    static std::optional<IpAddress> from_octets(ByteView octets);
    static std::optional<IpAddress> parse(std::string_view text);
    static IpAddress any(Family family);      ///< all bits 0
    static IpAddress highest(Family family);  ///< all bits 1

    Family family() const { return family_; }
    ByteView octets() const { return {octets_.data(), family_ == Family::kIpv4 ? 4U : 16U}; }
    int bits() const { return family_ == Family::kIpv4 ? 32 : 128; }
    bool is_unspecified() const;
    std::string to_string() const;

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

  private:
    Family family_ = Family::kIpv4;
    std::array<std::uint8_t, 16> octets_{};  // network order; the first 4 for IPv4, the rest 0
};

/// An address with a prefix length; host bits are zero.
struct Prefix {
    IpAddress address;
    std::uint8_t length = 0;

    /// "10.0.0.0/16", or an address alone for a host prefix. Empty when malformed or when host bits are set.
    static std::optional<Prefix> parse(std::string_view text);
    bool contains(const IpAddress& candidate) const;
    IpAddress first() const { return address; }
    IpAddress last() const;
    std::string to_string() const;
    friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;  ///< 0 where there is none (raw ESP)

    std::string to_string() const;  ///< "192.0.2.1:500", "[2001:db8::1]:4500"
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// Where a datagram came from and where the answer goes: ours and the peer's end.
struct Path {
    Endpoint local;
    Endpoint remote;
    friend auto operator<=>(const Path&, const Path&) = default;
};

}  // namespace esplane
