// Ports for fragments that have none. Selectors narrowed to ports can be checked on the first fragment only, which
// holds the transport header; stateful fragment checking (RFC 4301 7.3) remembers them for the later ones.
#pragma once

#include <cstdint>

#include "dataplane/packet/datagram_table.h"
#include "dataplane/packet/inner_packet.h"

namespace esplane::dataplane {

/// One for each direction: what was seen inside a tunnel says nothing about what goes into it.
class FragmentPorts {
  public:
    explicit FragmentPorts(const DatagramLimits& limits) : first_fragments_(limits) {}

    /// Before a packet is checked: gives a later fragment the protocol and ports of its first one. `packet` is what
    /// parse_inner() read from `octets`; `scope` is the tunnel's number. False for a later fragment whose first one is
    /// not known, or which overlaps it: it may pass only where any port of any protocol may.
    bool complete(InnerPacket& packet, ByteView octets, std::uint32_t scope, TimePoint now);

    /// After a packet has passed its check: a first fragment lets its later ones pass. No-op for others.
    void remember(const InnerPacket& packet, ByteView octets, std::uint32_t scope, TimePoint now);

    std::uint32_t size() const { return first_fragments_.size(); }

  private:
    struct Transport {
        std::uint16_t source_port = 0;
        std::uint16_t destination_port = 0;
        std::uint32_t end = 0;  ///< of the first fragment's data, in octets
        std::uint8_t protocol = 0;
        bool has_ports = false;
    };
    DatagramTable<Transport> first_fragments_;
};

}  // namespace esplane::dataplane
