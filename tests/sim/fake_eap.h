// An EAP method for tests of what carries it: a few rounds of challenge and answer over a password, and a key in the
// end. It is no method that exists, and no secure one.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "ike/eap/conversation.h"

namespace esplane::sim {

using Passwords = std::map<std::string, std::string>;

/// Asks for the identity, then `rounds` times for an answer; a negative number: for ever.
std::shared_ptr<const ike::eap::Authenticator> fake_authenticator(Passwords passwords, int rounds = 2);
std::shared_ptr<const ike::eap::Supplicant> fake_supplicant(std::string identity, std::string password);

/// What the peer would say to `request`: for tests that play it.
Bytes fake_response(ByteView request, const std::string& identity, const std::string& password);
/// The key after `challenge` as the last request.
crypto::Secret fake_msk(const std::string& password, ByteView challenge);

}  // namespace esplane::sim
