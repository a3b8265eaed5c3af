// The numbers by which the control thread and the workers name things. Distinct types, so that none passes for another.
#pragma once

#include <cstddef>
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
/// One worker, counted from 0.
enum class WorkerId : std::uint8_t {};

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

constexpr std::uint8_t to_number(WorkerId id) {
    return static_cast<std::uint8_t>(id);
}

inline constexpr std::uint32_t kLowestSpi = 256;
inline constexpr std::size_t kMostWorkers = 64;

/// The octet of our inbound SPIs that names the worker which has the SA, so that a packet can be steered to it by
/// whoever knows no SA: the kernel's socket filters, a NIC.
inline constexpr std::uint32_t kWorkerOfSpi = 0xff;
static_assert(kMostWorkers <= kWorkerOfSpi + 1);

/// The worker that an inbound SPI names. It need not exist: a stranger may write any SPI.
constexpr WorkerId worker_of(Spi spi) {
    return WorkerId{static_cast<std::uint8_t>(to_number(spi) & kWorkerOfSpi)};
}

}  // namespace esplane::dataplane
