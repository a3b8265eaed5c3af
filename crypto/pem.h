// The text form of certificates and the like (RFC 7468).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "crypto/secret.h"

namespace esplane::crypto {

struct PemBlock {
    std::string label;  ///< "CERTIFICATE", "X509 CRL", "PRIVATE KEY", ...
    Secret content;     ///< DER; may be a key
};

/// The blocks of a text, in order; what stands between them is skipped. The error names the block that cannot be read.
Result<std::vector<PemBlock>, std::string> parse_pem(std::string_view text);

/// Whether there is a block in it at all.
bool looks_like_pem(std::string_view text);

/// One block, lines of 64 characters.
std::string to_pem(const std::string& label, ByteView der);

}  // namespace esplane::crypto
