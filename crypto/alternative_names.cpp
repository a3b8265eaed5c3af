#include "crypto/alternative_names.h"

#include <algorithm>

#include "crypto/distinguished_name.h"

namespace esplane::crypto {
namespace {

void add_text(std::vector<Identity>& to, IdentityKind kind, const ASN1_IA5STRING* string) {
    const ByteView text(ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string)));
    if (is_plain_name(text)) to.push_back({kind, to_bytes(text)});
}

void add_address(std::vector<Identity>& to, const ASN1_OCTET_STRING* string) {
    const ByteView address(ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string)));
    if (address.size() == 4) to.push_back({IdentityKind::kIpv4, to_bytes(address)});
    if (address.size() == 16) to.push_back({IdentityKind::kIpv6, to_bytes(address)});
}

void add(std::vector<Identity>& to, const GENERAL_NAME& name) {
    switch (name.type) {
        case GEN_DNS:
            return add_text(to, IdentityKind::kFqdn, name.d.dNSName);
        case GEN_EMAIL:
            return add_text(to, IdentityKind::kEmail, name.d.rfc822Name);
        case GEN_IPADD:
            return add_address(to, name.d.iPAddress);
        case GEN_DIRNAME:
            to.push_back({IdentityKind::kDistinguishedName, distinguished_name_der(name.d.directoryName)});
            return;
        default:
            return;
    }
}

}  // namespace

bool is_plain_name(ByteView text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](std::uint8_t octet) { return octet > 0x20 && octet < 0x7f && octet != '*'; });
}

std::vector<Identity> identities_of(const GENERAL_NAMES* names) {
    std::vector<Identity> identities;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        add(identities, *sk_GENERAL_NAME_value(names, i));
    }
    return identities;
}

}  // namespace esplane::crypto
