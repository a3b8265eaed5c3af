#include "tests/unit/ike/eap/both_sides.h"

#include "crypto/ms_chap.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::ike::eap::testing {
namespace {

/// One packet's way; whether there is an answer.
bool deliver(Talk& talk, Conversation& to, Step::Kind& end, Bytes& packet, const Wire& wire) {
    if (wire) wire(talk.packets, packet);
    ++talk.packets;
    Step step = to.receive(packet);
    if (step.kind != Step::Kind::kIgnored) end = step.kind;
    packet = std::move(step.packet);
    return !packet.empty();
}

}  // namespace

std::shared_ptr<const Users> users() {
    Users users;
    users["alice"].nt_hash = crypto::nt_hash("Wonderland");
    users["bob"].nt_hash = crypto::nt_hash("Builder");
    users["carol"];
    return std::make_shared<const Users>(std::move(users));
}

MethodOffer password(std::string_view password) {
    return mschapv2_peer(std::make_shared<const crypto::Secret>(*crypto::nt_hash(password)));
}

bool Talk::succeeded() const {
    return server_end == Step::Kind::kSuccess && peer_end == Step::Kind::kSuccess && server->msk().size() == kMskSize &&
           equal_constant_time(server->msk().view(), peer->msk().view());
}

std::unique_ptr<Talk> talk_of(MethodOffers server, std::string identity, MethodOffers peer, std::uint64_t seed) {
    auto talk = std::make_unique<Talk>();
    talk->random = crypto::SeededRandom(seed);
    talk->server = MethodAuthenticator(std::move(server), "").begin_conversation(talk->random, crypto::test::kNow);
    talk->peer =
        MethodSupplicant(std::move(identity), std::move(peer), "").begin_conversation(talk->random, crypto::test::kNow);
    return talk;
}

void run(Talk& talk, const Wire& wire) {
    Bytes packet = talk.server->begin();
    while (deliver(talk, *talk.peer, talk.peer_end, packet, wire) &&
           deliver(talk, *talk.server, talk.server_end, packet, wire)) {
    }
}

std::unique_ptr<Talk> talk_by_password(std::string identity, std::string_view written, const Wire& wire,
                                       std::uint64_t seed) {
    auto talk = talk_of({mschapv2_server(users())}, std::move(identity), {password(written)}, seed);
    run(*talk, wire);
    return talk;
}

}  // namespace esplane::ike::eap::testing
