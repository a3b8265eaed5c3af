#include "ike/core/int_auth.h"

namespace esplane::ike {

void IntAuth::add(crypto::PrfId prf, const crypto::Secret& sk_p, const wire::Header& header, const wire::Chain& chain) {
    Bytes& so_far = header.is_response ? of_responses_ : of_requests_;
    so_far = to_bytes(crypto::prf(prf, sk_p.view(), {so_far, wire::intermediate_octets(header, chain)}).view());
    next_id_ = header.message_id + 1;
}

Bytes IntAuth::octets() const {
    if (of_requests_.empty()) return {};
    Bytes octets = of_requests_;
    append(octets, of_responses_);
    Bytes id(sizeof next_id_);
    store_be(id.data(), next_id_);
    append(octets, id);
    return octets;
}

}  // namespace esplane::ike
