// What AUTH covers of the IKE_INTERMEDIATE exchanges (RFC 9242 3.3).
//
//   IntAuth_n = prf(SK_p in force when exchange n began, IntAuth_n-1 | message n as if nothing were encrypted)
//   of the requests with SK_pi, of the responses with SK_pr;  AUTH: ... | IntAuth_i | IntAuth_r | message ID of
//   IKE_AUTH
#pragma once

#include "crypto/prf.h"
#include "ike/wire/codec.h"

namespace esplane::ike {

class IntAuth {
  public:
    /// `sk_p`: of the sender. To be called for each message once, requests and responses in turn.
    void add(crypto::PrfId prf, const crypto::Secret& sk_p, const wire::Header& header, const wire::Chain& chain);
    /// Empty when there was no such exchange.
    Bytes octets() const;

  private:
    Bytes of_requests_;
    Bytes of_responses_;
    std::uint32_t next_id_ = 0;  ///< of the first request of IKE_AUTH, when all are there
};

}  // namespace esplane::ike
