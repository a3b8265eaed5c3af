// The number by which workers name a port that they drive themselves.
#pragma once

#include <cstddef>
#include <cstdint>

namespace esplane::dataplane {

/// One port, counted from 0 in the order of the configuration.
enum class PortNumber : std::uint16_t {};

constexpr PortNumber port_number(std::size_t index) {
    return PortNumber{static_cast<std::uint16_t>(index)};
}

constexpr std::uint16_t to_number(PortNumber port) {
    return static_cast<std::uint16_t>(port);
}

}  // namespace esplane::dataplane
