// Who may prove themselves by EAP, and by what.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "crypto/secret.h"

namespace esplane::ike::eap {

struct User {
    std::optional<crypto::Secret> nt_hash;  ///< of the password (crypto::nt_hash); none: no method with passwords
};

/// By EAP identity, octet by octet.
using Users = std::map<std::string, User, std::less<>>;

}  // namespace esplane::ike::eap
