// EAP-MSCHAPv2: a password, proven by both sides to each other. One try; no change of passwords.
#pragma once

#include <memory>
#include <string>

#include "crypto/secret.h"
#include "ike/eap/method.h"
#include "ike/eap/users.h"

namespace esplane::ike::eap {

/// Both need crypto::ms_chap_available().
MethodOffer mschapv2_server(std::shared_ptr<const Users> users);
MethodOffer mschapv2_peer(std::shared_ptr<const crypto::Secret> nt_hash);

}  // namespace esplane::ike::eap
