// Both sides of an EAP conversation, and what lies between them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/random.h"
#include "ike/eap/authenticator.h"
#include "ike/eap/mschapv2.h"
#include "ike/eap/supplicant.h"

namespace esplane::ike::eap::testing {

/// alice with the password "Wonderland", bob with "Builder", carol without any.
std::shared_ptr<const Users> users();
MethodOffer password(std::string_view password);

/// What becomes of a packet on its way, the n-th of both sides together, from 0.
using Wire = std::function<void(std::size_t number, Bytes& packet)>;

struct Talk {
    crypto::SeededRandom random{1};
    std::unique_ptr<Conversation> server;
    std::unique_ptr<Conversation> peer;
    Step::Kind server_end = Step::Kind::kIgnored;
    Step::Kind peer_end = Step::Kind::kIgnored;
    std::size_t packets = 0;

    /// Whether both sides say so, and have the same key.
    bool succeeded() const;
};

/// Begun, and nothing said.
std::unique_ptr<Talk> talk_of(MethodOffers server, std::string identity, MethodOffers peer, std::uint64_t seed = 1);
/// Until both have ended it, or one side has nothing to say.
void run(Talk& talk, const Wire& wire = {});
/// The same for a user with a password, all in one.
std::unique_ptr<Talk> talk_by_password(std::string identity, std::string_view written, const Wire& wire = {},
                                       std::uint64_t seed = 1);

}  // namespace esplane::ike::eap::testing
