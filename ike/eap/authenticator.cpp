#include "ike/eap/authenticator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ike/eap/bounds.h"

namespace esplane::ike::eap {
namespace {

class Asking final : public Conversation {
  public:
    Asking(std::shared_ptr<const MethodOffers> offers, crypto::Random& random,
           std::chrono::system_clock::time_point now)
        : offers_(std::move(offers)), random_(random), now_(now), identifier_(random.bytes(1)[0]) {}

    Bytes begin() override { return request(Type::kIdentity, {}); }

    Step receive(ByteView octets) override {
        const std::optional<Packet> packet = parse(octets);
        if (over_ || !packet || packet->code != Code::kResponse || packet->identifier != identifier_) return {};
        if (packet->type != asked_ && (packet->type != Type::kNak || !method_)) return {};
        if (++rounds_ > kMostRounds) return fail("the conversation does not come to an end");
        if (packet->type == Type::kIdentity) return on_identity(packet->data);
        const bool answered = std::exchange(answered_, true);
        if (packet->type == Type::kNak) return answered ? fail("the peer refused a method amid it") : on_nak(*packet);
        return on_method(method_->receive(packet->data));
    }

    const crypto::Secret& msk() const override { return msk_; }
    const std::string& identity() const override { return identity_; }
    std::string method() const override { return std::string(method_ ? name(asked_) : ""); }
    /// What a method has found wrong counts before the peer has taken note of it: it may never do so.
    std::string why() const override { return why_.empty() && method_ ? method_->why() : why_; }

  private:
    Bytes request(Type type, ByteView data) {
        asked_ = type;
        return encode({Code::kRequest, ++identifier_, type, data});
    }

    Step begin(const MethodOffer& offer) {
        method_ = offer.make({random_, now_, identity_});
        answered_ = false;
        return {Step::Kind::kSend, request(offer.type, method_->begin())};
    }

    Step on_identity(ByteView identity) {
        if (identity.empty()) return fail("the peer does not say who it is");
        if (identity.size() > kLongestIdentity) return fail("the peer's identity is too long");
        identity_.assign(identity.begin(), identity.end());
        return begin(offers_->front());
    }

    /// The peer names what it would rather do (RFC 3748 5.3.1). Each method is offered once.
    Step on_nak(const Packet& nak) {
        const auto wanted = [&](const MethodOffer& offer) {
            const auto number = static_cast<std::uint8_t>(offer.type);
            return offer.type != offers_->front().type &&
                   std::find(nak.data.begin(), nak.data.end(), number) != nak.data.end();
        };
        const auto next = std::find_if(offers_->begin(), offers_->end(), wanted);
        if (asked_ != offers_->front().type || next == offers_->end())
            return fail("the peer does none of the methods that are configured here" + wishes(nak.data));
        return begin(*next);
    }

    static std::string wishes(ByteView types) {
        std::string list;
        for (const std::uint8_t type : types.first(std::min<std::size_t>(types.size(), 8)))
            list += (list.empty() ? "" : ", ") + std::to_string(type);
        return list.empty() || list == "0" ? "" : "; it would do EAP type " + list;
    }

    Step on_method(MethodStep step) {
        switch (step.kind) {
            case MethodStep::Kind::kSend:
                return {Step::Kind::kSend, request(asked_, step.data)};
            case MethodStep::Kind::kDone:
                over_ = true;
                msk_ = method_->msk().clone();
                return {Step::Kind::kSuccess, encode({Code::kSuccess, identifier_, Type::kNone, {}})};
            case MethodStep::Kind::kFailed:
                break;
        }
        return fail(method_->why());
    }

    Step fail(std::string why) {
        over_ = true;
        why_ = std::move(why);
        return {Step::Kind::kFailure, encode({Code::kFailure, identifier_, Type::kNone, {}})};
    }

    std::shared_ptr<const MethodOffers> offers_;
    crypto::Random& random_;
    std::chrono::system_clock::time_point now_;
    std::uint8_t identifier_;  // of the request that is open
    Type asked_ = Type::kNone;
    std::unique_ptr<Method> method_;  // null before there is an identity
    bool answered_ = false;           // whether the peer has answered to the method
    bool over_ = false;
    std::size_t rounds_ = 0;
    std::string identity_;
    crypto::Secret msk_;
    std::string why_;
};

}  // namespace

std::unique_ptr<Conversation> MethodAuthenticator::begin_conversation(crypto::Random& random,
                                                                      std::chrono::system_clock::time_point now) const {
    return std::make_unique<Asking>(offers_, random, now);
}

}  // namespace esplane::ike::eap
