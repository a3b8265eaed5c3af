// Files that we write, keys among them: none is ever overwritten, and keys are nobody else's from the first octet on.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace esplane::gateway {

inline constexpr mode_t kPrivate = 0600;
inline constexpr mode_t kPublic = 0644;

struct NewFile {
    std::string path;
    ByteView content;  ///< borrowed
    mode_t mode = kPublic;
};

/// Writes all of them, to disk, or none. Missing folders are made. Errors are sentences: "FILE exists already, ...".
Result<void, std::string> write_new(const std::vector<NewFile>& files);

/// Puts a public file in the place of another in one step: a reader sees the one or the other.
Result<void, std::string> replace(const std::string& path, ByteView content);

/// At most 1 MiB.
Result<crypto::Secret, std::string> read(const std::string& path);

}  // namespace esplane::gateway
