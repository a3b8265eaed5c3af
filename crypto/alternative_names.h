// The names of subjectAltName that IKE has a kind for. Internal to crypto/.
#pragma once

#include <vector>

#include "crypto/identity.h"
#include "crypto/openssl_x509.h"

namespace esplane::crypto {

/// Whether a name of text can be anybody's: one of printable ASCII without blanks and wildcards. A zero inside, or a
/// star, would make it look like another.
bool is_plain_name(ByteView text);

/// `names` may be null. Names that are not plain, and those of other kinds, are left out.
std::vector<Identity> identities_of(const GENERAL_NAMES* names);

}  // namespace esplane::crypto
