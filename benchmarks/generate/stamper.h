// Frames of a traffic: one template a length, made once; what differs is written over a copy of it, and added to the
// sums that the template has of the rest (RFC 1071 2 (2): one's complement sums may be formed of parts).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "benchmarks/generate/layout.h"
#include "benchmarks/generate/traffic.h"
#include "crypto/bytes.h"

namespace esplane::bench::generate {

struct EthernetEnds {
    dataplane::MacAddress source;
    dataplane::MacAddress destination;
};

struct Stamp {
    std::uint32_t flow = 0;
    std::uint32_t sequence = 0;  ///< in the flow, from 0
    std::uint64_t time = 0;      ///< cycles of the TSC
};

class Stamper {
  public:
    /// Of a traffic that is checked().
    Stamper(const Traffic& traffic, const EthernetEnds& ends);

    /// Octets of the longest frame.
    std::uint32_t longest() const { return longest_; }
    /// Writes the frame and returns its length. There must be room for the longest.
    std::uint32_t stamp(std::uint8_t* to, const Stamp& stamp) const;

  private:
    struct Template {
        Bytes frame;
        std::uint32_t ip_sum = 0;         // of IPv4's header without addresses and checksum
        std::uint32_t transport_sum = 0;  // of pseudo-header, header and payload without addresses, ports and probe
    };
    struct FlowStamp {
        std::array<std::uint8_t, 32> addresses{};  // source, destination
        std::uint32_t sum = 0;                     // of both
        std::uint16_t source_port = 0;
    };

    Template make_template(std::uint32_t packet_length, const EthernetEnds& ends) const;
    void write_transport_header(std::uint8_t* to, std::uint32_t length) const;

    Layout layout_;
    std::vector<Template> templates_;  // one a position in the pattern
    std::vector<FlowStamp> flows_;
    std::uint32_t longest_ = 0;
};

}  // namespace esplane::bench::generate
