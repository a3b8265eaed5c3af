// Names of X.509 as octets and as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

struct X509_name_st;  // OpenSSL's, whose headers stay inside crypto/

namespace esplane::crypto {

/// One line of ASCII as in RFC 2253, the most special part first: "CN=gw,O=Example". Everything else is escaped, and
/// what is longer than 400 characters is cut. "<not a name>" if `der` is none.
std::string distinguished_name_text(ByteView der);

/// "C=CH, O=Example, CN=gw" as DER, in the order written, with the short names of OpenSSL; a backslash before a comma
/// or another backslash makes it part of a value. Empty for what is none.
std::optional<Bytes> parse_distinguished_name(std::string_view text);
/// Whether `der` is a name that says something.
bool is_distinguished_name(ByteView der);
/// Case and spaces aside (RFC 5280 7.1), and in either order: half of the world writes the country first.
bool same_distinguished_name(ByteView a, ByteView b);

// For crypto/ only.
std::string distinguished_name_text(const X509_name_st* name);
Bytes distinguished_name_der(const X509_name_st* name);
/// Whether `der` is this name, case and spaces aside (RFC 5280 7.1). An empty name is nobody's.
bool is_name(ByteView der, const X509_name_st* name);

}  // namespace esplane::crypto
