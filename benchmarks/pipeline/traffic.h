// Plain packets, and memory for a batch of any.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "benchmarks/pipeline/mix.h"
#include "crypto/bytes.h"
#include "dataplane/packet/address.h"

namespace esplane::bench {

/// As many buffers as a batch has packets, used again for each batch, as a backend's would be.
class PacketMemory {
  public:
    /// Each holds a packet of the mix's longest, sealed or not.
    PacketMemory(std::size_t count, const Mix& mix);
    std::uint8_t* at(std::size_t index) { return lines_[index * stride_].octets.data(); }
    std::uint32_t capacity() const { return static_cast<std::uint32_t>(stride_ * sizeof(Line)); }

  private:
    struct alignas(64) Line {
        std::array<std::uint8_t, 64> octets{};
    };
    std::size_t stride_;  // in lines; odd, so that equal offsets spread over all sets of the cache
    std::vector<Line> lines_;
};

/// Makes `packet` (at least kShortestPacket octets) one of an established TCP connection.
void write_packet(MutableByteView packet);
/// Redirects such a packet.
void set_addresses(std::uint8_t* packet, const IpAddress& source, const IpAddress& destination);

/// Which tunnel the next packet belongs to: at random, so that no cache line is fetched in advance by its regularity.
class TunnelChoice {
  public:
    explicit TunnelChoice(std::uint32_t count) : distribution_(0, count - 1) {}
    std::uint32_t next() { return distribution_(random_); }

  private:
    std::minstd_rand random_{1};
    std::uniform_int_distribution<std::uint32_t> distribution_;
};

}  // namespace esplane::bench
