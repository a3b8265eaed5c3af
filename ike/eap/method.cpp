#include "ike/eap/method.h"

#include "crypto/identity.h"

namespace esplane::ike::eap {

std::string printable(std::string_view name) {
    return "'" + crypto::to_text(crypto::Identity{crypto::IdentityKind::kEmail, to_bytes(as_bytes(name))}) + "'";
}

}  // namespace esplane::ike::eap
