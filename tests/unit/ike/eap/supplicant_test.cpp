#include "ike/eap/supplicant.h"

#include <catch2/catch.hpp>

#include "tests/unit/ike/eap/both_sides.h"

namespace esplane::ike::eap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using Kind = Step::Kind;

struct Peer {
    crypto::SeededRandom random{4};
    std::unique_ptr<Conversation> conversation =
        MethodSupplicant("alice", {password("Wonderland")}, "").begin_conversation(random, {});
    Step hear(Code code, std::uint8_t identifier, Type type = Type::kNone, ByteView data = {}) const {
        return conversation->receive(encode({code, identifier, type, data}));
    }
};

TEST_CASE("A peer says who it is, and takes note") {
    const Peer peer;
    CHECK(peer.conversation->begin().empty());
    CHECK(peer.conversation->identity() == "alice");
    const Step identity = peer.hear(Code::kRequest, 4, Type::kIdentity, as_bytes("who?"));
    CHECK(identity.packet == encode({Code::kResponse, 4, Type::kIdentity, as_bytes("alice")}));
    const Step note = peer.hear(Code::kRequest, 5, Type::kNotification, as_bytes("mind the gap"));
    CHECK(note.packet == encode({Code::kResponse, 5, Type::kNotification, {}}));
}

TEST_CASE("A peer names its method instead of another one") {
    const Peer peer;
    for (const auto type : {Type::kTls, static_cast<Type>(4), static_cast<Type>(254)}) {
        const auto identifier = static_cast<std::uint8_t>(type);
        const Step step = peer.hear(Code::kRequest, identifier, type, from_hex("20"));
        CHECK(step.packet == encode({Code::kResponse, identifier, Type::kNak, from_hex("1a")}));
    }
    CHECK(peer.conversation->method().empty());
}

TEST_CASE("A request that comes again gets the same answer, and is not worked on again") {
    const auto talk = talk_of({mschapv2_server(users())}, "alice", {password("Wonderland")});
    Bytes packet = talk->server->begin();
    for (std::size_t i = 0; i < 3; ++i) {
        const Step first = talk->peer->receive(packet);
        CHECK(talk->peer->receive(packet).packet == first.packet);
        packet = talk->server->receive(first.packet).packet;
    }
    CHECK(talk->peer->receive(packet).kind == Kind::kSuccess);
}

TEST_CASE("Success before the server has proven itself is nobody's") {
    const auto talk = talk_of({mschapv2_server(users())}, "alice", {password("Wonderland")});
    Bytes request = talk->server->begin();
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(talk->peer->receive(encode({Code::kSuccess, request[1], Type::kNone, {}})).kind == Kind::kIgnored);
        const Bytes answer = talk->peer->receive(request).packet;
        if (i < 2)
            CHECK(talk->peer->receive(encode({Code::kSuccess, request[1], Type::kNone, {}})).kind == Kind::kIgnored);
        request = talk->server->receive(answer).packet;
    }
    const auto other = static_cast<std::uint8_t>(request[1] + 1);
    CHECK(talk->peer->receive(encode({Code::kSuccess, other, Type::kNone, {}})).kind == Kind::kIgnored);
    CHECK(talk->peer->msk().empty());
    CHECK(talk->peer->receive(request).kind == Kind::kSuccess);
    CHECK(talk->peer->receive(request).kind == Kind::kIgnored);
}

TEST_CASE("Failure ends it at any time") {
    const Peer peer;
    peer.hear(Code::kRequest, 4, Type::kIdentity);
    CHECK(peer.hear(Code::kFailure, 3).kind == Kind::kIgnored);
    const Step step = peer.hear(Code::kFailure, 4);
    CHECK(step.kind == Kind::kFailure);
    CHECK(step.packet.empty());
    CHECK(peer.conversation->why() == "the server refuses the user 'alice'");
    CHECK(peer.hear(Code::kRequest, 5, Type::kIdentity).kind == Kind::kIgnored);
}

TEST_CASE("A server that never comes to an end is left") {
    const Peer peer;
    for (std::uint8_t i = 0; i < 100; ++i)
        CHECK(peer.hear(Code::kRequest, i, Type::kNotification).kind == Kind::kSend);
    CHECK(peer.hear(Code::kRequest, 100, Type::kNotification).kind == Kind::kFailure);
}

}  // namespace
}  // namespace esplane::ike::eap
