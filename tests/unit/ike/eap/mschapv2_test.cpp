#include "ike/eap/mschapv2.h"

#include <catch2/catch.hpp>

#include "crypto/ms_chap.h"
#include "ike/eap/mschapv2_packet.h"
#include "tests/unit/ike/eap/both_sides.h"

namespace esplane::ike::eap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using Kind = Step::Kind;

TEST_CASE("A password proves both sides to each other, and both have the same key") {
    const auto talk = talk_by_password("alice", "Wonderland");
    CHECK(talk->succeeded());
    CHECK(talk->server->identity() == "alice");
    CHECK(talk->peer->identity() == "alice");
    CHECK(talk->server->method() == "mschapv2");
    CHECK(talk->peer->method() == "mschapv2");
    CHECK(talk->packets == 7);
    CHECK(talk_by_password("bob", "Builder")->succeeded());
    const auto other = talk_by_password("alice", "Wonderland", {}, 2);
    CHECK(other->succeeded());
    CHECK_FALSE(equal_constant_time(other->server->msk().view(), talk->server->msk().view()));
}

TEST_CASE("A wrong password, an unknown user and one without a password get the same packets") {
    struct Wrong {
        std::string identity;
        std::string_view password;
        std::string why;
    };
    const Wrong cases[] = {
        {"alice", "wonderland", "the password of 'alice' is wrong"},
        {"alicf", "Wonderland", "there is no user 'alicf' with a password"},
        {"carol", "", "there is no user 'carol' with a password"},
    };
    for (const Wrong& wrong : cases) {
        INFO(wrong.identity);
        std::vector<std::size_t> sizes;
        const auto talk = talk_by_password(wrong.identity, wrong.password,
                                           [&](std::size_t, const Bytes& packet) { sizes.push_back(packet.size()); });
        CHECK(talk->server_end == Kind::kFailure);
        CHECK(talk->peer_end == Kind::kFailure);
        CHECK(talk->server->msk().empty());
        CHECK(talk->peer->msk().empty());
        CHECK(talk->server->why() == wrong.why);
        CHECK(talk->peer->why() == "the server does not accept the user's name and password");
        CHECK(sizes == std::vector<std::size_t>{5, 10, 33, 64, 81, 6, 4});
    }
}

TEST_CASE("A name in the proof other than the identity is refused") {
    const auto talk = talk_by_password("alice", "Wonderland", [](std::size_t number, Bytes& packet) {
        if (number == 1) packet = encode({Code::kResponse, packet[1], Type::kIdentity, as_bytes("bob\n")});
    });
    CHECK(talk->server_end == Kind::kFailure);
    CHECK(talk->server->why() == "the peer proves itself as 'alice', but has said to be 'bob\\x0a'");
}

/// A challenge from a server, and what the peer makes of an answer to its response.
struct Peer {
    crypto::SeededRandom random{5};
    std::unique_ptr<Method> method = password("Wonderland").make({random, {}, "alice"});
    crypto::Secret hash = *crypto::nt_hash("Wonderland");
    Bytes challenge = Bytes(crypto::kMsChapChallenge, 7);
    MethodStep challenged() const {
        return method->receive(
            mschapv2::encode({mschapv2::OpCode::kChallenge, 9, mschapv2::challenge_body({challenge, "server"})}));
    }
    Bytes proof_for(const MethodStep& step) const {
        const auto response = mschapv2::parse_response(mschapv2::parse(step.data)->body);
        REQUIRE(response.has_value());
        return crypto::ms_chap_proof(hash, {challenge, response->peer_challenge, "alice"}, response->response);
    }
};

TEST_CASE("A server that does not know the password is found out") {
    for (std::size_t octet = 0; octet <= crypto::kMsChapProof; ++octet) {
        INFO(octet);
        const Peer peer;
        Bytes proof = peer.proof_for(peer.challenged());
        const bool right = octet == proof.size();
        if (!right) proof[octet] ^= 0x10;
        const MethodStep step =
            peer.method->receive(mschapv2::encode({mschapv2::OpCode::kSuccess, 9, mschapv2::success_body(proof)}));
        CHECK((step.kind == MethodStep::Kind::kDone) == right);
        CHECK(peer.method->msk().size() == (right ? kMskSize : 0));
        if (!right) CHECK(peer.method->why() == "the server does not know the password: its proof is wrong");
    }
}

TEST_CASE("A peer takes no success without a challenge, none twice, and no second challenge") {
    const Peer early;
    const Bytes success =
        mschapv2::encode({mschapv2::OpCode::kSuccess, 9, mschapv2::success_body(Bytes(crypto::kMsChapProof))});
    CHECK(early.method->receive(success).kind == MethodStep::Kind::kFailed);
    CHECK(early.challenged().kind == MethodStep::Kind::kFailed);
    const Peer twice;
    CHECK(twice.challenged().kind == MethodStep::Kind::kSend);
    CHECK(twice.challenged().kind == MethodStep::Kind::kFailed);
}

TEST_CASE("A server's refusal is told in words") {
    const std::pair<std::string, std::string> cases[] = {
        {"E=691 R=0 C=00 V=3 M=no", "the server does not accept the user's name and password"},
        {"E=691 R=1 C=00 V=3 M=no", "the server does not accept the user's name and password"},
        {"E=648 R=0", "the server says that the password has expired; set another one there"},
        {"E=647", "the server refuses the user with error 647"},
        {"nonsense", "the server refuses the user with error 0"},
        {"E=99999999999", "the server refuses the user with error 0"},
        {"", "the server refuses the user with error 0"},
    };
    for (const auto& [body, why] : cases) {
        INFO(body);
        const Peer peer;
        peer.challenged();
        const MethodStep step = peer.method->receive(mschapv2::encode({mschapv2::OpCode::kFailure, 9, as_bytes(body)}));
        CHECK(step.kind == MethodStep::Kind::kSend);
        CHECK(to_hex(step.data) == "04");
        CHECK(peer.method->why() == why);
        CHECK(peer.method->receive(Bytes{3}).kind == MethodStep::Kind::kFailed);
        CHECK(peer.method->msk().empty());
    }
}

TEST_CASE("A proof is read with a text behind it, and nothing else") {
    const std::string proof(40, 'A');
    CHECK(mschapv2::parse_success(as_bytes("S=" + proof)).has_value());
    CHECK(mschapv2::parse_success(as_bytes("S=" + proof + " M=ok")).has_value());
    for (const std::string_view wrong : {"", "S=", "S", "M=ok"})
        CHECK_FALSE(mschapv2::parse_success(as_bytes(wrong)).has_value());
    CHECK_FALSE(mschapv2::parse_success(as_bytes("S=" + proof + "A")).has_value());
    CHECK_FALSE(mschapv2::parse_success(as_bytes("S=" + proof.substr(1))).has_value());
    CHECK_FALSE(mschapv2::parse_success(as_bytes("S=" + proof.substr(1) + "g")).has_value());
    CHECK_FALSE(mschapv2::parse_success(as_bytes("S=" + proof.substr(2) + "  ")).has_value());
}

}  // namespace
}  // namespace esplane::ike::eap
