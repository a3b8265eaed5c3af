// What stands before an ESP packet on the wire: Ethernet, IP, and UDP where ESP is encapsulated (RFC 3948).
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/link/ethernet.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

/// Made once for each path, then written before each packet with what differs: lengths, identification, checksum.
class OuterFrame {
  public:
    static constexpr std::uint32_t kLongest = 18 + 40 + 8;

    OuterFrame() = default;
    OuterFrame(const Path& outer, Encapsulation encapsulation, MacAddress from, MacAddress to,
               std::optional<std::uint16_t> vlan);

    std::uint32_t length() const { return length_; }  ///< octets
    std::uint32_t ip_length() const { return length_ - link_; }

    /// What is the packet's own.
    struct Fields {
        std::uint32_t payload_bytes = 0;
        std::uint8_t traffic_class = 0;
        bool dont_fragment = false;        ///< IPv4
        std::uint16_t identification = 0;  ///< IPv4; of packets without DF (RFC 6864 4.1)
    };
    /// Writes length() octets so that they end at `end`. Up to kLongest octets before that may be written over.
    void write(const Fields& fields, std::uint8_t* end) const;

  private:
    void forget_what_changes(std::uint8_t* ip);

    std::array<std::uint8_t, kLongest> octets_{};  // at their end, the header
    std::uint32_t length_ = 0;
    std::uint32_t link_ = 0;    // octets of Ethernet
    std::uint32_t ip_sum_ = 0;  // IPv4: over what does not change
    std::uint32_t udp_ = 0;     // where UDP begins; 0: none
    bool v4_ = true;
};

}  // namespace esplane::dataplane
