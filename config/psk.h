// Pre-shared keys: from the configuration, from a file of their own, from the environment.
#pragma once

#include <string>
#include <string_view>

#include "config/values.h"
#include "crypto/secret.h"

namespace esplane::config {

inline constexpr std::size_t kLongestPsk = 1024;  ///< octets, and characters of the text that stands for them

/// The text as it stands, or as strongSwan users write binary keys: 0x and hexadecimal, 0s and base64. No error quotes
/// it.
Parsed<crypto::Secret> decode_psk(std::string_view text);

/// The file's only line, read as decode_psk() does. Refused unless it is a regular file for its owner's eyes alone.
Parsed<crypto::Secret> read_psk_file(const std::string& path);

/// The file's only line as it stands. The same file.
Parsed<crypto::Secret> read_password_file(const std::string& path);

/// The value of an environment variable, read as decode_psk() does.
Parsed<crypto::Secret> read_psk_env(const std::string& variable);

}  // namespace esplane::config
