// Where a packet begins that is sealed or opened in the very buffer that it came in: ESP's text stays where it is, what
// is before it comes and goes.
#pragma once

#include <cstddef>

#include "dataplane/packet/ip_header.h"
#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

/// How many octets before the inner packet the ESP packet begins. In transport mode the text is behind the IP header.
inline std::ptrdiff_t grows_by(const OutboundPacket& packet) {
    const OutboundSa& sa = packet.child->out;
    const std::ptrdiff_t before_text = kEspHeader + static_cast<std::ptrdiff_t>(sa.key.iv_length());
    return sa.mode == Mode::kTransport ? before_text - ip_header_length(packet.received->head()) : before_text;
}

/// How many octets behind the beginning of the ESP packet the inner packet begins. In transport mode room for an IP
/// header is left before the text.
inline std::ptrdiff_t shrinks_by(const InboundPacket& packet) {
    const InboundSa& sa = packet.child->in;
    const std::ptrdiff_t before_text = kEspHeader + static_cast<std::ptrdiff_t>(sa.key.iv_length());
    if (sa.mode != Mode::kTransport) return before_text;
    return before_text - plain_ip_header_length(packet.received->outer.remote.address.family());
}

}  // namespace esplane::dataplane
