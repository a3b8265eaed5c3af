// Where things are in a frame that the generator makes.
#pragma once

#include <cstdint>

#include "benchmarks/generate/traffic.h"
#include "dataplane/io/transport_headers.h"
#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"

namespace esplane::bench::generate {

inline constexpr std::uint32_t kProbeFlowAt = 0;
inline constexpr std::uint32_t kProbeSequenceAt = 4;
inline constexpr std::uint32_t kProbeTimeAt = 8;
inline constexpr std::uint32_t kEtherTypeAt = 12;

/// Offsets from the beginning of the frame.
struct Layout {
    Layout(Family family, Transport transport)
        : is_ipv4(family == Family::kIpv4),
          is_tcp(transport == Transport::kTcp),
          ether_type(is_ipv4 ? dataplane::kEtherTypeIpv4 : dataplane::kEtherTypeIpv6),
          protocol(is_tcp ? dataplane::kProtocolTcp : dataplane::kProtocolUdp),
          address_length(is_ipv4 ? 4 : 16),
          source_at(kEthernetHeader + (is_ipv4 ? 12 : 8)),
          transport_at(kEthernetHeader + dataplane::plain_ip_header_length(family)),
          checksum_at(transport_at + octets(is_tcp ? dataplane::kTcpChecksumAt : dataplane::kUdpChecksumAt)),
          probe_at(transport_at + octets(is_tcp ? dataplane::kTcpHeader : dataplane::kUdpHeader)) {}

    bool is_ipv4;
    bool is_tcp;
    std::uint16_t ether_type;
    std::uint8_t protocol;
    std::uint32_t address_length;
    std::uint32_t source_at;  ///< the destination follows
    std::uint32_t transport_at;
    std::uint32_t checksum_at;
    std::uint32_t probe_at;

  private:
    static constexpr std::uint32_t octets(std::size_t count) { return static_cast<std::uint32_t>(count); }
};

}  // namespace esplane::bench::generate
