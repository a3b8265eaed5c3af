#include "ike/eap/authenticator.h"

#include <catch2/catch.hpp>

#include "tests/unit/ike/eap/both_sides.h"

namespace esplane::ike::eap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using Kind = Step::Kind;

/// A method of another number that says yes to one octet: what stands beside MSCHAPv2 here.
class Nodding final : public Method {
  public:
    Bytes begin() override { return {1}; }
    MethodStep receive(ByteView data) override {
        if (data.size() != 1) return fail("more than a nod");
        msk_ = crypto::Secret(kMskSize);
        return {MethodStep::Kind::kDone, {2}};
    }
};

MethodOffer nodding() {
    return {Type::kTls, [](const Circumstances&) { return std::make_unique<Nodding>(); }};
}

struct Server {
    crypto::SeededRandom random{3};
    std::unique_ptr<Conversation> conversation;
    std::uint8_t open;  // the identifier

    explicit Server(MethodOffers offers = {mschapv2_server(users()), nodding()})
        : conversation(MethodAuthenticator(std::move(offers), "").begin_conversation(random, {})),
          open(conversation->begin()[1]) {}

    Step say(Type type, ByteView data, int ahead = 0) {
        const auto identifier = static_cast<std::uint8_t>(open + ahead);
        Step step = conversation->receive(encode({Code::kResponse, identifier, type, data}));
        if (step.kind == Kind::kSend) open = step.packet[1];
        return step;
    }
};

TEST_CASE("The first question is who the peer is, the second by the first method") {
    Server server;
    CHECK(server.conversation->method().empty());
    const Step step = server.say(Type::kIdentity, as_bytes("alice"));
    CHECK(step.kind == Kind::kSend);
    CHECK(parse(step.packet)->type == Type::kMschapv2);
    CHECK(server.conversation->identity() == "alice");
    CHECK(server.conversation->method() == "mschapv2");
}

TEST_CASE("A peer without an identity, or with one too long, is refused") {
    CHECK(Server().say(Type::kIdentity, {}).kind == Kind::kFailure);
    CHECK(Server().say(Type::kIdentity, Bytes(254, 'a')).kind == Kind::kFailure);
    CHECK(Server().say(Type::kIdentity, Bytes(253, 'a')).kind == Kind::kSend);
}

TEST_CASE("A peer may name another method, once") {
    Server server;
    server.say(Type::kIdentity, as_bytes("alice"));
    const Step next = server.say(Type::kNak, from_hex("060d"));
    CHECK(next.kind == Kind::kSend);
    CHECK(parse(next.packet)->type == Type::kTls);
    SECTION("and prove itself by it") {
        const std::uint8_t asked = server.open;
        const Step end = server.say(Type::kTls, from_hex("00"));
        CHECK(end.kind == Kind::kSuccess);
        CHECK(end.packet == encode({Code::kSuccess, asked, Type::kNone, {}}));
        CHECK(server.conversation->msk().size() == kMskSize);
        CHECK(server.say(Type::kTls, from_hex("00")).kind == Kind::kIgnored);
    }
    SECTION("but not go back") {
        CHECK(server.say(Type::kNak, from_hex("1a")).kind == Kind::kFailure);
    }
    SECTION("but not fail") {
        CHECK(server.say(Type::kTls, from_hex("0000")).kind == Kind::kFailure);
        CHECK(server.conversation->why() == "more than a nod");
        CHECK(server.conversation->msk().empty());
    }
}

TEST_CASE("A method that nobody here does ends it, with what the peer would do") {
    const std::pair<std::string, std::string> cases[] = {
        {"04", "; it would do EAP type 4"},
        {"1504", "; it would do EAP type 21, 4"},
        {"1a", "; it would do EAP type 26"},
        {"00", ""},
        {"", ""},
    };
    for (const auto& [nak, wishes] : cases) {
        INFO(nak);
        Server server;
        server.say(Type::kIdentity, as_bytes("alice"));
        const Step step = server.say(Type::kNak, from_hex(nak));
        CHECK(step.kind == Kind::kFailure);
        CHECK(parse(step.packet)->code == Code::kFailure);
        CHECK(server.conversation->why() == "the peer does none of the methods that are configured here" + wishes);
    }
}

TEST_CASE("What answers nothing that was asked is as if it had not come") {
    Server server;
    CHECK(server.say(Type::kNak, from_hex("0d")).kind == Kind::kIgnored);
    CHECK(server.say(Type::kMschapv2, {}).kind == Kind::kIgnored);
    CHECK(server.say(Type::kIdentity, as_bytes("alice"), 1).kind == Kind::kIgnored);
    CHECK(server.say(Type::kIdentity, as_bytes("alice"), -1).kind == Kind::kIgnored);
    CHECK(server.conversation->receive({}).kind == Kind::kIgnored);
    CHECK(server.conversation->receive(encode({Code::kSuccess, server.open, Type::kNone, {}})).kind == Kind::kIgnored);
    CHECK(server.conversation->receive(encode({Code::kRequest, server.open, Type::kIdentity, {}})).kind ==
          Kind::kIgnored);
    CHECK(server.say(Type::kIdentity, as_bytes("alice")).kind == Kind::kSend);
    CHECK(server.say(Type::kIdentity, as_bytes("bob")).kind == Kind::kIgnored);
    CHECK(server.say(Type::kTls, from_hex("00")).kind == Kind::kIgnored);
    CHECK(server.conversation->identity() == "alice");
}

TEST_CASE("What a method has found wrong is told before the peer has taken note of it") {
    const auto talk = talk_of({mschapv2_server(users())}, "alice", {password("wrong")});
    const Bytes challenge = talk->server->receive(talk->peer->receive(talk->server->begin()).packet).packet;
    CHECK(talk->server->why().empty());
    const Step refusal = talk->server->receive(talk->peer->receive(challenge).packet);
    CHECK(refusal.kind == Kind::kSend);
    CHECK(talk->server->why() == "the password of 'alice' is wrong");
}

}  // namespace
}  // namespace esplane::ike::eap
