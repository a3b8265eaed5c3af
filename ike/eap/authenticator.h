// The side that asks: who the peer is, and then its proof by the best method that both have.
#pragma once

#include <string>

#include "ike/eap/conversation.h"
#include "ike/eap/method.h"

namespace esplane::ike::eap {

class MethodAuthenticator final : public Authenticator {
  public:
    /// At least one offer.
    MethodAuthenticator(MethodOffers offers, std::string digest)
        : offers_(std::make_shared<const MethodOffers>(std::move(offers))), digest_(std::move(digest)) {}

    std::unique_ptr<Conversation> begin_conversation(crypto::Random& random,
                                                     std::chrono::system_clock::time_point now) const override;
    std::string digest() const override { return digest_; }

  private:
    std::shared_ptr<const MethodOffers> offers_;
    std::string digest_;
};

}  // namespace esplane::ike::eap
