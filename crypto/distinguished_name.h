// Names of X.509 as octets and as text.
#pragma once

#include <string>

#include "crypto/bytes.h"

struct X509_name_st;  // OpenSSL's, whose headers stay inside crypto/

namespace esplane::crypto {

/// One line of ASCII as in RFC 2253, the most special part first: "CN=gw,O=Example". Everything else is escaped, and
/// what is longer than 400 characters is cut. "<not a name>" if `der` is none.
std::string distinguished_name_text(ByteView der);

// For crypto/ only.
std::string distinguished_name_text(const X509_name_st* name);
Bytes distinguished_name_der(const X509_name_st* name);
/// Whether `der` is this name, case and spaces aside (RFC 5280 7.1). An empty name is nobody's.
bool is_name(ByteView der, const X509_name_st* name);

}  // namespace esplane::crypto
