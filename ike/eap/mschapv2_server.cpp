#include "crypto/ms_chap.h"
#include "ike/eap/mschapv2.h"
#include "ike/eap/mschapv2_packet.h"

namespace esplane::ike::eap {
namespace {

using namespace mschapv2;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kServer = "esplane";

class Server final : public Method {
  public:
    Server(std::shared_ptr<const Users> users, const Circumstances& around)
        : users_(std::move(users)),
          random_(around.random),
          identity_(around.identity),
          challenge_(random_.bytes(crypto::kMsChapChallenge)),
          id_(random_.bytes(1)[0]),
          nobody_(crypto::kMsChapHash) {
        random_.fill(nobody_.writable());
    }

    Bytes begin() override {
        return encode({OpCode::kChallenge, id_, challenge_body({challenge_, std::string(kServer)})});
    }

    MethodStep receive(ByteView data) override {
        switch (awaited_) {
            case Awaited::kResponse:
                return on_response(data);
            case Awaited::kAcknowledgement:
                if (!acknowledges(data, OpCode::kSuccess)) return fail("the peer did not accept our proof");
                msk_ = std::move(proven_);
                return {MethodStep::Kind::kDone, {}};
            case Awaited::kRefusal:
                break;
        }
        return {};  // why_ says why
    }

  private:
    enum class Awaited { kResponse, kAcknowledgement, kRefusal };

    MethodStep on_response(ByteView data) {
        const auto message = mschapv2::parse(data);
        if (!message || message->code != OpCode::kResponse || message->id != id_)
            return fail("what answers the challenge is no response to it");
        const auto response = parse_response(message->body);
        if (!response) return fail("the response to the challenge is malformed");
        if (response->name != identity_) {
            return fail("the peer proves itself as " + printable(response->name) + ", but has said to be " +
                        printable(identity_));
        }
        return judge(*response);
    }

    /// One who is nobody costs and gets the same as one with a wrong password.
    MethodStep judge(const Response& response) {
        const auto found = users_->find(identity_);
        const bool known = found != users_->end() && found->second.nt_hash;
        const crypto::Secret& hash = known ? *found->second.nt_hash : nobody_;
        const crypto::MsChapExchange exchange{challenge_, response.peer_challenge, identity_};
        const Bytes expected = crypto::ms_chap_response(hash, exchange);
        const Bytes proof = crypto::ms_chap_proof(hash, exchange, response.response);
        proven_ = crypto::ms_chap_msk(hash, response.response);
        if (equal_constant_time(expected, response.response) && known) {
            awaited_ = Awaited::kAcknowledgement;
            return {MethodStep::Kind::kSend, encode({OpCode::kSuccess, id_, success_body(proof)})};
        }
        proven_.wipe();
        awaited_ = Awaited::kRefusal;
        why_ = known ? "the password of " + printable(identity_) + " is wrong"
                     : "there is no user " + printable(identity_) + " with a password";
        const Bytes next = random_.bytes(crypto::kMsChapChallenge);
        return {MethodStep::Kind::kSend, encode({OpCode::kFailure, id_, failure_body(next)})};
    }

    std::shared_ptr<const Users> users_;
    crypto::Random& random_;
    std::string identity_;
    Bytes challenge_;
    std::uint8_t id_;
    crypto::Secret nobody_;  // the hash of no password
    Awaited awaited_ = Awaited::kResponse;
    crypto::Secret proven_;  // the MSK, before the peer has said that it has it
};

}  // namespace

MethodOffer mschapv2_server(std::shared_ptr<const Users> users) {
    return {Type::kMschapv2, [users = std::move(users)](const Circumstances& around) {
                return std::make_unique<Server>(users, around);
            }};
}

}  // namespace esplane::ike::eap
