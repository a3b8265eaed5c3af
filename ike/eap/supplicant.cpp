#include "ike/eap/supplicant.h"

#include <algorithm>
#include <optional>

#include "ike/eap/bounds.h"

namespace esplane::ike::eap {
namespace {

class Asked final : public Conversation {
  public:
    Asked(std::shared_ptr<const MethodOffers> offers, Circumstances around)
        : offers_(std::move(offers)), around_(std::move(around)) {}

    Bytes begin() override { return {}; }

    Step receive(ByteView octets) override {
        const std::optional<Packet> packet = parse(octets);
        if (over_ || !packet || packet->code == Code::kResponse) return {};
        if (packet->code == Code::kRequest) return on_request(*packet);
        // The end bears the identifier of what it answers (RFC 3748 4.2).
        if (packet->identifier != answered_) return {};
        if (packet->code == Code::kSuccess) return on_success();
        return fail(method_ && !method_->why().empty() ? method_->why()
                                                       : "the server refuses the user " + printable(identity()));
    }

    const crypto::Secret& msk() const override { return msk_; }
    const std::string& identity() const override { return around_.identity; }
    std::string method() const override { return std::string(method_ ? name(type_) : ""); }
    std::string why() const override { return why_; }

  private:
    /// The same identifier as before is the same request, whose answer got lost (RFC 3748 4.1).
    Step on_request(const Packet& request) {
        if (request.identifier == answered_) return {Step::Kind::kSend, last_answer_};
        if (++rounds_ > kMostRounds) return fail("the conversation does not come to an end");
        if (request.type == Type::kIdentity && !method_)
            return answer(request, Type::kIdentity, as_bytes(around_.identity));
        if (request.type == Type::kNotification) return answer(request, Type::kNotification, {});
        if (!method_) return begin(request);
        if (request.type != type_) return fail("the server changed the method amid it");
        return on_method(request);
    }

    Step begin(const Packet& request) {
        const auto fits = [&](const MethodOffer& offer) { return offer.type == request.type; };
        const auto offer = std::find_if(offers_->begin(), offers_->end(), fits);
        if (offer == offers_->end()) return refuse(request);
        type_ = offer->type;
        method_ = offer->make(around_);
        return on_method(request);
    }

    /// Names what we would rather do (RFC 3748 5.3.1).
    Step refuse(const Packet& request) {
        Bytes types;
        for (const MethodOffer& offer : *offers_)
            types.push_back(static_cast<std::uint8_t>(offer.type));
        return answer(request, Type::kNak, types);
    }

    Step on_method(const Packet& request) {
        if (done_) return fail("the server goes on with a method that has ended");
        MethodStep step = method_->receive(request.data);
        if (step.kind == MethodStep::Kind::kFailed) return fail(method_->why());
        done_ = step.kind == MethodStep::Kind::kDone;
        return answer(request, type_, step.data);
    }

    Step answer(const Packet& request, Type type, ByteView data) {
        answered_ = request.identifier;
        last_answer_ = encode({Code::kResponse, request.identifier, type, data});
        return {Step::Kind::kSend, last_answer_};
    }

    /// One that comes before the server has proven itself is nobody's (RFC 3748 4.2).
    Step on_success() {
        if (!done_) return {};
        over_ = true;
        msk_ = method_->msk().clone();
        return {Step::Kind::kSuccess, {}};
    }

    Step fail(std::string why) {
        over_ = true;
        why_ = std::move(why);
        return {Step::Kind::kFailure, {}};
    }

    std::shared_ptr<const MethodOffers> offers_;
    Circumstances around_;
    Type type_ = Type::kNone;
    std::unique_ptr<Method> method_;        // null before the server has begun one of ours
    bool done_ = false;                     // whether the server has proven itself
    bool over_ = false;                     // whether there is nothing more to say
    std::optional<std::uint8_t> answered_;  // the last request
    Bytes last_answer_;
    std::size_t rounds_ = 0;
    crypto::Secret msk_;
    std::string why_;
};

}  // namespace

std::unique_ptr<Conversation> MethodSupplicant::begin_conversation(crypto::Random& random,
                                                                   std::chrono::system_clock::time_point now) const {
    return std::make_unique<Asked>(offers_, Circumstances{random, now, identity_});
}

}  // namespace esplane::ike::eap
