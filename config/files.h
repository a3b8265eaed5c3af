// Files that the configuration names: keys and certificates.
#pragma once

#include <string>
#include <string_view>

#include "config/values.h"
#include "crypto/secret.h"

namespace esplane::config {

/// Relative names count from `directory`.
Parsed<std::string> path_of(std::string_view name, const std::string& directory);

/// The content of a regular file for its owner's eyes alone, of `most` octets at most.
Parsed<crypto::Secret> read_private_file(const std::string& path, std::size_t most);
/// The same of a file that anybody may read.
Parsed<std::string> read_public_file(const std::string& path, std::size_t most);

/// A view of a secret that is text.
std::string_view text_of(const crypto::Secret& secret);

}  // namespace esplane::config
