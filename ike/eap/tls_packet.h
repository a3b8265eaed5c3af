// What stands in a packet of EAP-TLS behind its type (RFC 5216 3.1, 3.2).
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"

namespace esplane::ike::eap::tls {

/// A view of octets that it does not own.
struct Fragment {
    bool start = false;                  ///< the server's first; nothing else with it
    bool more = false;                   ///< others of the same message follow
    std::optional<std::uint32_t> total;  ///< octets of the whole message
    ByteView data;

    /// Of a fragment, or of the last message (RFC 5216 2.1.5).
    bool is_acknowledgement() const { return !start && !more && data.empty() && total.value_or(0) == 0; }
};

/// Reserved flags are ignored, as they must be. Empty for what contradicts itself: start with something else, a
/// fragment of nothing, a whole of less than its part.
std::optional<Fragment> parse(ByteView octets);
Bytes encode(const Fragment& fragment);

}  // namespace esplane::ike::eap::tls
