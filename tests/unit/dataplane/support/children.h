// CHILD_SAs for tests: the two ends of one tunnel, and ESP packets sealed by OpenSSL alone.
#pragma once

#include <cstdint>

#include "dataplane/options.h"
#include "dataplane/sa/child_options.h"

namespace esplane::dataplane::test {

/// Our end: 10.1.0.0/16 and 2001:db8:1::/48 here, 10.2.0.0/16 and 2001:db8:2::/48 at the peer's; tunnel 1, AES-256.
/// Different numbers give different SPIs and keys.
ChildOptions child_options(std::uint32_t number = 1);
/// The peer's end of the same CHILD_SA.
ChildOptions mirrored(const ChildOptions& options);
ChildOptions copy_of(const ChildOptions& options);
/// With keys of another suite.
ChildOptions with_suite(ChildOptions options, crypto::Encr encr, crypto::IntegId integ);

/// The tunnel that child_options() belongs to, on device 7.
TunnelPolicy tunnel_policy();
inline constexpr ClearPort kDevice{7};

/// Octets of an inner packet from our site to the peer's, whole, of `length` octets if it can be that short.
Bytes outgoing_packet(std::size_t payload, Family family = Family::kIpv4);
/// From the peer's site to ours.
Bytes incoming_packet(std::size_t payload, Family family = Family::kIpv4);

/// Padding 1, 2, 3, ... up to the next multiple of four, pad length and next header behind `inner`.
Bytes with_trailer(ByteView inner, std::uint8_t next_header);

struct EspPacket {
    Spi spi{};
    std::uint64_t sequence = 0;
    bool esn = false;
    std::uint64_t iv = 0;
};

/// RFC 4106 written down once more, over OpenSSL: `text` is the inner packet with its trailer.
Bytes seal_with_openssl(const crypto::Secret& key_and_salt, const EspPacket& packet, ByteView text);
/// The text of an ESP packet; empty if its ICV is wrong.
std::optional<Bytes> open_with_openssl(const crypto::Secret& key_and_salt, std::uint64_t sequence, bool esn,
                                       ByteView esp);

}  // namespace esplane::dataplane::test
