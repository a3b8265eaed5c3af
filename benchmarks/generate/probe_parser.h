// Whether a frame is one of the generator's, and whole.
#pragma once

#include <cstdint>

#include "benchmarks/generate/layout.h"
#include "benchmarks/generate/stamper.h"
#include "benchmarks/generate/traffic.h"
#include "crypto/bytes.h"

namespace esplane::bench::generate {

enum class Recognition : std::uint8_t {
    kOurs,
    kForeign,  ///< without the protocol, addresses and ports of the flow that its probe would name
    kDamaged,  ///< with these, and with a checksum or a length that is not right
};

class ProbeParser {
  public:
    /// Of a traffic that is checked().
    explicit ProbeParser(const Traffic& traffic);

    /// What a router may change (TTL, DSCP, ECN, the frame's padding) makes no difference. Fills `stamp` only of what
    /// is ours.
    Recognition parse(ByteView frame, Stamp& stamp) const;

  private:
    struct Ends {
        std::array<std::uint8_t, 32> addresses{};
        std::uint16_t source_port = 0;
    };

    bool is_shaped(ByteView frame) const;
    bool is_of_flow(ByteView frame, std::uint32_t flow) const;
    bool is_whole(ByteView packet) const;

    Layout layout_;
    std::vector<Ends> flows_;
};

}  // namespace esplane::bench::generate
