// What is sent: how many flows between which hosts, by which protocols, of what lengths.
#pragma once

#include <cstdint>

#include "benchmarks/pipeline/mix.h"
#include "dataplane/link/ethernet.h"
#include "dataplane/packet/address.h"

namespace esplane::bench::generate {

enum class Transport : std::uint8_t { kUdp, kTcp };

/// `count` addresses, each `step` above the one before.
struct Hosts {
    IpAddress first;
    std::uint32_t count = 1;
    std::uint32_t step = 1;

    /// Of the low 64 bits of an IPv6 address; of an IPv4 address all.
    IpAddress at(std::uint32_t index) const;
};

/// Flow n goes to destination n modulo their count, from source n / that count modulo theirs, from a port of its own
/// where the pairs of hosts have been used up. So flows are spread over tunnels if those are over destinations.
struct Traffic {
    Transport transport = Transport::kUdp;
    Hosts sources;
    Hosts destinations;  ///< of the same family
    std::uint32_t flows = 1;
    Mix mix;  ///< octets of IP packets

    Family family() const { return sources.first.family(); }
};

using dataplane::kEthernetHeader;
inline constexpr std::uint32_t kProbe = 16;  ///< what each packet carries: flow, number in it, time
inline constexpr std::uint16_t kFirstSourcePort = 1024;
inline constexpr std::uint16_t kDestinationPort = 9;  ///< discard (RFC 863): whoever gets it by mistake does not answer

/// Octets of the shortest IP packet with a probe. With UDP over IPv4 an Ethernet frame of 64 octets has
/// room for it, FCS included.
std::uint32_t shortest_packet(Family family, Transport transport);

/// Throws std::invalid_argument that says what cannot be: hosts of two families, none of them, more flows than ports
/// tell apart, a length without room for headers and probe. Of mixtures, short packets are made as long as they must
/// be.
Traffic checked(Traffic traffic);

struct Flow {
    IpAddress source;
    IpAddress destination;
    std::uint16_t source_port = 0;
};

/// Of a traffic that is checked().
Flow flow_at(const Traffic& traffic, std::uint32_t number);

/// Octets of the IP packet with this number in its flow. Each flow goes through the whole pattern, and so does a round
/// through all flows.
inline std::uint32_t packet_length(const Traffic& traffic, std::uint32_t flow, std::uint32_t sequence) {
    return traffic.mix.length(std::size_t{flow} + sequence);
}

}  // namespace esplane::bench::generate
