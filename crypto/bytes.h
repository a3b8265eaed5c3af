// Octets and numbers in network order. A value on the wire is never a plain integer: it is a Be16, Be32 or Be64.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace esplane {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

static_assert(std::endian::native == std::endian::little, "esplane runs on x86-64 only: ipsec-mb does");

template <std::unsigned_integral T>
constexpr T byte_swap(T value) {
    if constexpr (sizeof(T) == 2) {
        return __builtin_bswap16(value);
    } else if constexpr (sizeof(T) == 4) {
        return __builtin_bswap32(value);
    } else {
        static_assert(sizeof(T) == 8);
        return __builtin_bswap64(value);
    }
}

/// An unsigned integer stored in network order. Trivially copyable: may overlay wire structures (packed, alignment 1).
template <std::unsigned_integral T>
class __attribute__((packed)) BigEndian {
  public:
    BigEndian() = default;
    constexpr BigEndian(T host) : raw_(byte_swap(host)) {}  // NOLINT(google-explicit-constructor): a value is a value
    constexpr T host() const { return byte_swap(raw_); }
    friend constexpr bool operator==(BigEndian a, BigEndian b) { return a.raw_ == b.raw_; }

  private:
    T raw_;
};

using Be16 = BigEndian<std::uint16_t>;
using Be32 = BigEndian<std::uint32_t>;
using Be64 = BigEndian<std::uint64_t>;

/// Reads sizeof(T) octets at `from`, which need not be aligned, as a network-order number.
template <std::unsigned_integral T>
inline T load_be(const std::uint8_t* from) {
    T raw;
    std::memcpy(&raw, from, sizeof raw);
    return byte_swap(raw);
}

template <std::unsigned_integral T>
inline void store_be(std::uint8_t* to, T host) {
    const T raw = byte_swap(host);
    std::memcpy(to, &raw, sizeof raw);
}

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline void append(Bytes& to, ByteView more) {
    to.insert(to.end(), more.begin(), more.end());
}

inline Bytes to_bytes(ByteView view) {
    return {view.begin(), view.end()};
}

/// Lower-case hexadecimal, for messages and tests. Never for secrets.
std::string to_hex(ByteView bytes);

/// Inverse of to_hex; ignores white space. Empty on an odd count or a character that is not hexadecimal.
Bytes from_hex(std::string_view text);

/// Compares without a data-dependent branch. False at once when the lengths differ (lengths are public).
bool equal_constant_time(ByteView a, ByteView b);

}  // namespace esplane
