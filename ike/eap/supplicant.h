// The side that is asked: one user, and the methods by which it can prove itself.
#pragma once

#include <string>

#include "ike/eap/conversation.h"
#include "ike/eap/method.h"

namespace esplane::ike::eap {

class MethodSupplicant final : public Supplicant {
  public:
    /// At least one offer.
    MethodSupplicant(std::string identity, MethodOffers offers, std::string digest)
        : identity_(std::move(identity)),
          offers_(std::make_shared<const MethodOffers>(std::move(offers))),
          digest_(std::move(digest)) {}

    std::unique_ptr<Conversation> begin_conversation(crypto::Random& random,
                                                     std::chrono::system_clock::time_point now) const override;
    std::string digest() const override { return digest_; }

  private:
    std::string identity_;
    std::shared_ptr<const MethodOffers> offers_;
    std::string digest_;
};

}  // namespace esplane::ike::eap
