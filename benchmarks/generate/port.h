// What generator and sink ask of a port: whole bursts, and frames in the port's own memory, so that nothing is copied
// that the driver does not copy.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/bytes.h"

namespace esplane::bench::generate {

inline constexpr std::size_t kBurst = 64;

/// An Ethernet frame without its FCS, lent by a port.
struct Frame {
    std::uint8_t* data = nullptr;
    std::uint32_t length = 0;    ///< octets of the frame; the writer's to set
    std::uint32_t capacity = 0;  ///< octets that may be written at `data`
    void* handle = nullptr;      ///< the port's own

    ByteView octets() const { return {data, length}; }
};

/// Each call deals with a prefix of `frames`, and gives its length:
///   lend      fills it with empty frames to be written; they are the caller's
///   send      sends it; what is left is still the caller's, to be sent later or given back
///   receive   fills it with what has arrived; the frames are the caller's, to be given back
///   give_back takes all of `frames`
/// Only one thread at a time may be in the calls of a port.
template <typename T>
concept Port = requires(T port, std::span<Frame> frames) {
    { port.lend(frames) } -> std::same_as<std::size_t>;
    { port.send(frames) } -> std::same_as<std::size_t>;
    { port.receive(frames) } -> std::same_as<std::size_t>;
    port.give_back(frames);
};

}  // namespace esplane::bench::generate
