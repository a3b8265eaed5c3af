// The secret behind the tokens that tell peers of our restart (RFC 6290 5.1). Whoever has it can end IKE SAs of ours at
// the peer, so it is for the gateway's eyes alone; and it must be the same after the restart.
#pragma once

#include <string>

#include "crypto/random.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace esplane::gateway {

/// 32 octets from the file `crash_secret` in `directory`, which is made if it is not there. A file that others may
/// read, or of another length, is replaced: tokens made from it are void. The error is a sentence without its end.
Result<crypto::Secret, std::string> keep_crash_secret(const std::string& directory, crypto::Random& random);

}  // namespace esplane::gateway
