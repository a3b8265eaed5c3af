#include "dataplane/packet/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace esplane {
namespace {

/// Clears what stands behind the first `length` bits, or sets it.
IpAddress fill_host_bits(const IpAddress& address, std::uint8_t length, bool ones) {
    std::array<std::uint8_t, 16> octets{};
    std::copy(address.octets().begin(), address.octets().end(), octets.begin());
    for (std::size_t i = 0; i < address.octets().size(); ++i) {
        const int network_bits = std::clamp(static_cast<int>(length) - static_cast<int>(i) * 8, 0, 8);
        const auto host_mask = static_cast<std::uint8_t>(0xff >> network_bits);
        octets[i] = static_cast<std::uint8_t>(ones ? octets[i] | host_mask : octets[i] & ~host_mask);
    }
    return *IpAddress::from_octets({octets.data(), address.octets().size()});
}

}  // namespace

std::optional<IpAddress> IpAddress::from_octets(ByteView octets) {
    if (octets.size() == 4) return v4(load_be<std::uint32_t>(octets.data()));
    if (octets.size() == 16) return v6(octets.first<16>());
    return std::nullopt;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;  // inet_pton would stop there
    const std::string terminated(text);
    std::array<std::uint8_t, 16> octets;
    if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) return from_octets({octets.data(), 4});
    if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return v6(octets);
    return std::nullopt;
}

IpAddress IpAddress::any(Family family) {
    return {family, 0, 0};
}

IpAddress IpAddress::highest(Family family) {
    return fill_host_bits(any(family), 0, true);
}

bool IpAddress::is_unspecified() const {
    return *this == any(family_);
}

std::string IpAddress::to_string() const {
    char text[INET6_ADDRSTRLEN];
    inet_ntop(family_ == Family::kIpv4 ? AF_INET : AF_INET6, octets().data(), text, sizeof text);
    return text;
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    int length = address->bits();
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        if (length < 0 || length > address->bits()) return std::nullopt;
    }
    const Prefix prefix{*address, static_cast<std::uint8_t>(length)};
    if (fill_host_bits(*address, prefix.length, false) != *address) return std::nullopt;
    return prefix;
}

Prefix Prefix::around(const IpAddress& address, std::uint8_t length) {
    return {fill_host_bits(address, length, false), length};
}

bool Prefix::contains(const IpAddress& candidate) const {
    return candidate.family() == address.family() && address <= candidate && candidate <= last();
}

IpAddress Prefix::last() const {
    return fill_host_bits(address, length, true);
}

std::string Prefix::to_string() const {
    return address.to_string() + "/" + std::to_string(length);
}

std::string Endpoint::to_string() const {
    const std::string host = address.family() == Family::kIpv4 ? address.to_string() : "[" + address.to_string() + "]";
    return host + ":" + std::to_string(port);
}

}  // namespace esplane
