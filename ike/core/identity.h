// Identities (RFC 7296 3.5) and what an operator accepts of a peer's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ike/wire/message.h"

namespace esplane::ike {

struct Identity {
    wire::IdType type = wire::IdType::kIpv4Addr;
    Bytes value;

    /// "192.0.2.1", "2001:db8::1", "gw@example.org" (e-mail), "gw.example.org" (FQDN), "O=Example, CN=gw"
    /// (distinguished name). As strongSwan users write them, a leading "@" forces FQDN, and the prefixes "fqdn:",
    /// "email:", "ipv4:", "ipv6:", "asn1dn:" force the type.
    static std::optional<Identity> parse(std::string_view text);
    /// Empty for a type that is none of these five, and for a value that is not of its type.
    static std::optional<Identity> from_wire(const wire::Id& id);
    wire::Id to_wire() const;
    /// Printable, since it may come from a peer: what is not is escaped. What parse() made of text is made of this
    /// text.
    std::string to_string() const;
    /// The same for all spellings of a name (RFC 5280 7.2: domain names compare without regard to ASCII case).
    Identity folded() const;
    friend bool operator==(const Identity&, const Identity&) = default;
};

/// Printable form of any ID payload, also of types that we do not accept.
std::string describe(const wire::Id& id);
/// Of any octets of a peer's choosing; cut where it is long.
std::string printable(std::string_view octets);

/// `id: any`, `id: "*.example.org"` or an exact identity. Names compare without regard to ASCII case.
class IdentityPattern {
  public:
    static IdentityPattern any();
    static IdentityPattern exactly(Identity identity);
    static std::optional<IdentityPattern> parse(std::string_view text);

    bool matches(const Identity& identity) const;
    bool is_any() const { return !exact_ && suffix_.empty(); }
    /// The identity, when only one matches: what goes into IDr of a request.
    const std::optional<Identity>& exact() const { return exact_; }
    std::string to_string() const;

  private:
    std::optional<Identity> exact_;
    std::string suffix_;  // ".example.org" or "@example.org" for a wildcard; empty with exact_ empty: any
};

}  // namespace esplane::ike
