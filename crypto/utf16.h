// Secret text as Windows hashes it.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/secret.h"

namespace esplane::crypto {

/// UTF-16, least octet first, of text in UTF-8 (RFC 3629); empty when it is none.
std::optional<Secret> to_utf16_le(std::string_view utf8);

}  // namespace esplane::crypto
