// Who a certificate speaks for: the kinds that IKE identities (RFC 7296 3.5) and certificates (RFC 4945 3.1) share.
#pragma once

#include <string>

#include "crypto/bytes.h"

namespace esplane::crypto {

enum class IdentityKind { kFqdn, kEmail, kIpv4, kIpv6, kDistinguishedName };

struct Identity {
    IdentityKind kind = IdentityKind::kFqdn;
    Bytes value;  ///< text without a final zero; 4 or 16 octets in network order; the DER of a Name

    friend bool operator==(const Identity&, const Identity&) = default;
};

/// An address, a name with an '@', or another name.
Identity parse_identity(const std::string& text);

/// Printable, whatever the octets are; a distinguished name as in RFC 2253.
std::string to_text(const Identity& identity);

}  // namespace esplane::crypto
