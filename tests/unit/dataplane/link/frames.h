// Stations and frames for tests, made by hand.
#pragma once

#include "dataplane/link/ethernet.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane::test {

inline constexpr MacAddress kOurMac{{0x02, 0, 0, 0, 0, 0x01}};
inline constexpr MacAddress kPeerMac{{0x02, 0, 0, 0, 0, 0x02}};
inline constexpr MacAddress kOtherMac{{0x02, 0, 0, 0, 0, 0x03}};

inline Bytes octets_of(const MacAddress& mac) {
    return {mac.octets.begin(), mac.octets.end()};
}

/// Without a tag.
inline Bytes ethernet(const MacAddress& destination, const MacAddress& source, std::uint16_t type, ByteView payload) {
    Bytes frame = octets_of(destination);
    append(frame, octets_of(source));
    frame.resize(14);
    store_be(frame.data() + 12, type);
    append(frame, payload);
    return frame;
}

/// The same frame with a tag: its priority bits and its VLAN.
inline Bytes tagged(const Bytes& frame, std::uint16_t tag) {
    Bytes made(frame.begin(), frame.begin() + 12);
    made.resize(16);
    store_be(made.data() + 12, std::uint16_t{0x8100});
    store_be(made.data() + 14, tag);
    made.insert(made.end(), frame.begin() + 12, frame.end());
    return made;
}

/// The 28 octets of RFC 826.
inline Bytes arp(std::uint16_t operation, const MacAddress& sender_mac, const IpAddress& sender,
                 const MacAddress& target_mac, const IpAddress& target) {
    Bytes made = from_hex("0001 0800 06 04 0000");
    store_be(made.data() + 6, operation);
    append(made, octets_of(sender_mac));
    append(made, sender.octets());
    append(made, octets_of(target_mac));
    append(made, target.octets());
    return made;
}

}  // namespace esplane::dataplane::test
