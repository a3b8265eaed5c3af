#include "ike/eap/tls_packet.h"

namespace esplane::ike::eap::tls {
namespace {

constexpr std::uint8_t kLength = 0x80, kMore = 0x40, kStart = 0x20;
constexpr std::size_t kLengthSize = 4;

}  // namespace

std::optional<Fragment> parse(ByteView octets) {
    if (octets.empty()) return std::nullopt;
    const std::uint8_t flags = octets[0];
    Fragment fragment{(flags & kStart) != 0, (flags & kMore) != 0, std::nullopt, octets.subspan(1)};
    if ((flags & kLength) != 0) {
        if (fragment.data.size() < kLengthSize) return std::nullopt;
        fragment.total = load_be<std::uint32_t>(fragment.data.data());
        fragment.data = fragment.data.subspan(kLengthSize);
        if (*fragment.total < fragment.data.size()) return std::nullopt;
    }
    if (fragment.start && (fragment.more || !fragment.data.empty())) return std::nullopt;
    if (fragment.more && fragment.data.empty()) return std::nullopt;
    return fragment;
}

Bytes encode(const Fragment& fragment) {
    Bytes octets{static_cast<std::uint8_t>((fragment.total ? kLength : 0) | (fragment.more ? kMore : 0) |
                                           (fragment.start ? kStart : 0))};
    if (fragment.total) {
        octets.resize(1 + kLengthSize);
        store_be(&octets[1], *fragment.total);
    }
    append(octets, fragment.data);
    return octets;
}

}  // namespace esplane::ike::eap::tls
