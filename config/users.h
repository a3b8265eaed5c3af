// The file of `auth.users_file`: who may prove themselves by EAP.
#pragma once

#include <string>

#include "config/values.h"
#include "ike/eap/users.h"

namespace esplane::config {

struct UsersFile {
    ike::eap::Users users;
    std::string digest;  ///< keyed_digest of the file
};

/// `users: {NAME: {password: ...} or {nt_hash: ...} or {}}` in a regular file for its owner's eyes alone. The error has
/// the first problem's place in the file, and says nothing of passwords.
Parsed<UsersFile> read_users_file(const std::string& path);

}  // namespace esplane::config
