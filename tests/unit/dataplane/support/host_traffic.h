// What a host sends through the gateway's TUN device: several flows, as the kernel hands them out - super-packets,
// checksums left to the reader, whole packets - and among them what is odd, damaged or refused.
#pragma once

#include <vector>

#include "crypto/random.h"
#include "tests/unit/dataplane/support/flows.h"
#include "tests/unit/dataplane/support/host_kernel.h"

namespace esplane::dataplane::test {

struct Offer {
    enum class Kind : std::uint8_t {
        kGood,
        kSpoilt,     ///< one packet with a wrong checksum, which must stay as it is
        kMalformed,  ///< to be dropped and counted, as one packet
        kForeign,    ///< of no policy: the same
    };
    Message message;
    Kind kind = Kind::kGood;
};

/// From 10.1.0.0/16 to 10.2.0.0/16, and within fd00::/8.
class HostTraffic {
  public:
    explicit HostTraffic(crypto::Random& random);
    Offer next();

  private:
    struct Flow {
        Segment segment;
        std::uint16_t mss = 0;
    };
    bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
    Bytes some(std::size_t length);
    Flow& pick();
    void move_on(Flow& flow);
    /// The flow's next data, of `length` octets, and the flow stands behind them.
    Segment data(Flow& flow, std::size_t length);
    std::size_t super_length(const Flow& flow);

    Message super_packet();
    Message whole_packet();
    Message control_packet();
    Message other_packet();
    Bytes fragment(const Bytes& payload);
    Message spoilt_packet();
    Message malformed_message();

    crypto::Random& random_;
    Bytes pool_;
    std::vector<Flow> flows_;
    std::size_t current_ = 0;
};

}  // namespace esplane::dataplane::test
