#include "crypto/identity.h"

#include <arpa/inet.h>

#include <array>

#include "crypto/distinguished_name.h"

namespace esplane::crypto {
namespace {

std::string address_text(int family, const Bytes& octets, std::size_t length) {
    if (octets.size() != length) return to_hex(octets);
    std::array<char, INET6_ADDRSTRLEN> text{};
    return inet_ntop(family, octets.data(), text.data(), text.size());
}

std::string plain(const Bytes& octets) {
    std::string text;
    for (const std::uint8_t octet : octets) {
        if (octet >= 0x20 && octet < 0x7f && octet != '\\') {
            text.push_back(static_cast<char>(octet));
        } else {
            text += "\\x" + to_hex({&octet, 1});
        }
    }
    return text;
}

}  // namespace

Identity parse_identity(const std::string& text) {
    Bytes address(16);
    if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return {IdentityKind::kIpv6, address};
    address.resize(4);
    if (inet_pton(AF_INET, text.c_str(), address.data()) == 1) return {IdentityKind::kIpv4, address};
    const bool is_email = text.find('@') != std::string::npos;
    return {is_email ? IdentityKind::kEmail : IdentityKind::kFqdn, to_bytes(as_bytes(text))};
}

std::string to_text(const Identity& identity) {
    switch (identity.kind) {
        case IdentityKind::kIpv4:
            return address_text(AF_INET, identity.value, 4);
        case IdentityKind::kIpv6:
            return address_text(AF_INET6, identity.value, 16);
        case IdentityKind::kDistinguishedName:
            return distinguished_name_text(identity.value);
        case IdentityKind::kFqdn:
        case IdentityKind::kEmail:
            break;
    }
    return plain(identity.value);
}

}  // namespace esplane::crypto
