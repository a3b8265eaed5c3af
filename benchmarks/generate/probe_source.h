// The packets of a traffic, one after the other, in turn over its flows.
#pragma once

#include <cstdint>

#include "benchmarks/generate/stamper.h"

namespace esplane::bench::generate {

class ProbeSource {
  public:
    /// Of a traffic that is checked(). There are 2^32 packets a flow.
    ProbeSource(const Traffic& traffic, const EthernetEnds& ends) : stamper_(traffic, ends), flows_(traffic.flows) {}

    std::uint32_t longest() const { return stamper_.longest(); }
    std::uint32_t write(std::uint8_t* to, std::uint64_t now) {
        const std::uint32_t length = stamper_.stamp(to, {.flow = flow_, .sequence = sequence_, .time = now});
        if (++flow_ == flows_) {
            flow_ = 0;
            ++sequence_;
        }
        return length;
    }

  private:
    Stamper stamper_;
    std::uint32_t flows_;
    std::uint32_t flow_ = 0;
    std::uint32_t sequence_ = 0;
};

}  // namespace esplane::bench::generate
