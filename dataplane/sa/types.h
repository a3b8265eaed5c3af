// The numbers by which the control thread and the workers name things. Distinct types, so that none passes for another.
#pragma once

#include <cstdint>
#include <functional>

namespace esplane::dataplane {

/// SPI of ESP in host order. 0 to 255 are reserved and never allocated (RFC 4303 2.1).
enum class Spi : std::uint32_t {};
/// One configured tunnel, as long as it is configured.
enum class TunnelId : std::uint32_t {};
/// One CHILD_SA: an inbound and an outbound SA. Never reused within a run.
enum class ChildId : std::uint64_t {};
/// One device on the clear side; tunnels on different devices may have the same selectors.
enum class ClearPort : std::uint16_t {};

constexpr std::uint32_t to_number(Spi spi) {
    return static_cast<std::uint32_t>(spi);
}
constexpr std::uint32_t to_number(TunnelId id) {
    return static_cast<std::uint32_t>(id);
}
constexpr std::uint64_t to_number(ChildId id) {
    return static_cast<std::uint64_t>(id);
}
constexpr std::uint16_t to_number(ClearPort port) {
    return static_cast<std::uint16_t>(port);
}

inline constexpr std::uint32_t kLowestSpi = 256;

}  // namespace esplane::dataplane
