// IP addresses, prefixes and endpoints: values, compared and printed, without any socket type.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace esplane {

enum class Family : std::uint8_t { kIpv4 = 4, kIpv6 = 6 };

/// An IPv4 or IPv6 address. Ordered by family, then as an unsigned number.
class IpAddress {
  public:
    IpAddress() = default;  ///< 0.0.0.0
    static IpAddress v4(std::uint32_t host_order) { return {Family::kIpv4, std::uint64_t{host_order} << 32, 0}; }
    static IpAddress v4(const std::array<std::uint8_t, 4>& octets) { return v4(load_be<std::uint32_t>(octets.data())); }
    static IpAddress v6(std::span<const std::uint8_t, 16> octets) {
        return {Family::kIpv6, load_be<std::uint64_t>(octets.data()), load_be<std::uint64_t>(octets.data() + 8)};
    }
    /// 4 or 16 octets in network order; empty on any other length.
    static std::optional<IpAddress> from_octets(ByteView octets);
    static std::optional<IpAddress> parse(std::string_view text);
    static IpAddress any(Family family);      ///< all bits 0
    static IpAddress highest(Family family);  ///< all bits 1

    Family family() const { return family_; }
    ByteView octets() const {
        return {reinterpret_cast<const std::uint8_t*>(halves_.data()), family_ == Family::kIpv4 ? 4U : 16U};
    }
    /// The first 64 bits as a number, and the last; behind the 32 bits of IPv4 stands 0.
    std::uint64_t high() const { return halves_[0].host(); }
    std::uint64_t low() const { return halves_[1].host(); }
    int bits() const { return family_ == Family::kIpv4 ? 32 : 128; }
    bool is_unspecified() const;
    std::string to_string() const;

    friend bool operator==(const IpAddress& a, const IpAddress& b) {
        return a.family_ == b.family_ && a.high() == b.high() && a.low() == b.low();
    }
    friend std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) {
        if (a.family_ != b.family_) return a.family_ <=> b.family_;
        if (a.high() != b.high()) return a.high() <=> b.high();
        return a.low() <=> b.low();
    }

  private:
    IpAddress(Family family, std::uint64_t high, std::uint64_t low) : family_(family), halves_{high, low} {}

    Family family_ = Family::kIpv4;
    // Two numbers, not sixteen octets: every packet's addresses are made, copied and compared, each in two
    // instructions. Packed, so that an address takes no more room than its octets.
    std::array<Be64, 2> halves_{Be64{0}, Be64{0}};
};

/// An address with a prefix length; host bits are zero.
struct Prefix {
    IpAddress address;
    std::uint8_t length = 0;

    /// "10.0.0.0/16", or an address alone for a host prefix. Empty when malformed or when host bits are set.
    static std::optional<Prefix> parse(std::string_view text);
    /// The one of this length that `address` lies in.
    static Prefix around(const IpAddress& address, std::uint8_t length);
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
