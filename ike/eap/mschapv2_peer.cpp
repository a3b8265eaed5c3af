#include "crypto/ms_chap.h"
#include "ike/eap/mschapv2.h"
#include "ike/eap/mschapv2_packet.h"

namespace esplane::ike::eap {
namespace {

using namespace mschapv2;

constexpr int kWrongPassword = 691;  // RFC 2759 6
constexpr int kExpired = 648;

std::string refusal(int number) {
    if (number == kWrongPassword) return "the server does not accept the user's name and password";
    if (number == kExpired) return "the server says that the password has expired; set another one there";
    return "the server refuses the user with error " + std::to_string(number);
}

class Peer final : public Method {
  public:
    Peer(std::shared_ptr<const crypto::Secret> nt_hash, const Circumstances& around)
        : nt_hash_(std::move(nt_hash)),
          identity_(around.identity),
          challenge_(around.random.bytes(crypto::kMsChapChallenge)) {}

    Bytes begin() override { return {}; }

    MethodStep receive(ByteView data) override {
        const auto message = mschapv2::parse(data);
        if (message && message->code == OpCode::kChallenge && state_ == State::kNew) return on_challenge(*message);
        if (message && message->code == OpCode::kSuccess && state_ == State::kAnswered) return on_success(*message);
        if (message && message->code == OpCode::kFailure && state_ == State::kAnswered) return on_failure(*message);
        state_ = State::kOver;
        return fail("the server sent what does not belong there, or is malformed");
    }

  private:
    enum class State { kNew, kAnswered, kOver };

    MethodStep on_challenge(const Message& message) {
        const auto challenge = parse_challenge(message.body);
        if (!challenge) return fail("the server's challenge is malformed");
        server_challenge_ = to_bytes(challenge->challenge);
        response_ = crypto::ms_chap_response(*nt_hash_, exchange());
        state_ = State::kAnswered;
        return {MethodStep::Kind::kSend,
                encode({OpCode::kResponse, message.id, response_body({challenge_, response_, identity_})})};
    }

    MethodStep on_success(const Message& message) {
        state_ = State::kOver;
        const auto proof = parse_success(message.body);
        if (!proof || !equal_constant_time(*proof, crypto::ms_chap_proof(*nt_hash_, exchange(), response_)))
            return fail("the server does not know the password: its proof is wrong");
        msk_ = crypto::ms_chap_msk(*nt_hash_, response_);
        return {MethodStep::Kind::kDone, acknowledgement(OpCode::kSuccess)};
    }

    /// Neither another try nor another password: only EAP-Failure can follow.
    MethodStep on_failure(const Message& message) {
        state_ = State::kOver;
        why_ = refusal(parse_failure(message.body).value_or(0));
        return {MethodStep::Kind::kSend, acknowledgement(OpCode::kFailure)};
    }

    crypto::MsChapExchange exchange() const { return {server_challenge_, challenge_, identity_}; }

    std::shared_ptr<const crypto::Secret> nt_hash_;
    std::string identity_;
    Bytes challenge_;
    Bytes server_challenge_;
    Bytes response_;
    State state_ = State::kNew;
};

}  // namespace

MethodOffer mschapv2_peer(std::shared_ptr<const crypto::Secret> nt_hash) {
    return {Type::kMschapv2, [nt_hash = std::move(nt_hash)](const Circumstances& around) {
                return std::make_unique<Peer>(nt_hash, around);
            }};
}

}  // namespace esplane::ike::eap
