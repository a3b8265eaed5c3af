// What a received frame is, and where in it that lies: decided once, before anything else looks at it.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/link/port_setup.h"
#include "dataplane/sa/drop_reason.h"

namespace esplane::dataplane {

struct IkePorts {
    std::uint16_t ike = 500;
    std::uint16_t natt = 4500;
};

enum class FrameContents : std::uint8_t {
    kNothing,   ///< it is dropped, for the reason beside
    kLink,      ///< ARP or neighbour discovery: the whole frame
    kRawEsp,    ///< what is behind the IP header
    kUdpEsp,    ///< the payload of a datagram to the NAT-T port: ESP, IKE or a keepalive
    kIke,       ///< the payload of a datagram to the IKE port
    kFragment,  ///< part of an IP packet to an address of the gateway's, with ESP or UDP: as far as it is there
    kPacket,    ///< an IP packet to somewhere else
    kOwn,       ///< any other IP packet to an address of the gateway's
};

/// Made for every frame. More than two words, so that it is returned in memory: it would be put together there anyway,
/// and read before it is.
struct FrameKind {
    FrameContents contents = FrameContents::kNothing;
    DropReason reason = DropReason::kBadFrame;
    std::uint8_t traffic_class = 0;  ///< of the IP header
    std::uint32_t ip = 0;            ///< where in the frame that begins
    std::uint32_t begin = 0;         ///< of the contents, in the frame
    std::uint32_t length = 0;
};

/// `checksum_known_good`: the device has verified IPv4's.
FrameKind kind_of(ByteView frame, const PortSetup& port, const IkePorts& ports, bool checksum_known_good);

/// Of a packet that was put together from fragments, which stands for the frame then: of what frames of it would be.
FrameKind kind_of_whole(ByteView packet, const PortSetup& port, const IkePorts& ports);

/// Of a frame with ESP or IKE: where it came from, and to which of our addresses.
Path outer_path(ByteView frame, const FrameKind& kind);

}  // namespace esplane::dataplane
