#include "ike/core/ike_sa.h"

#include <algorithm>

namespace esplane::ike {

wire::Notify make_notify(wire::NotifyType type, Bytes data) {
    wire::Notify notify;
    notify.type = static_cast<std::uint16_t>(type);
    notify.data = std::move(data);
    return notify;
}

Reply refuse(wire::NotifyType type, Bytes data) {
    Reply reply;
    reply.payloads.notifies.push_back(make_notify(type, std::move(data)));
    return reply;
}

std::optional<Protection> protect(const IkeSuite& suite, IkeKeys keys, bool initiator) {
    auto of_initiator = crypto::SkCipher::create(suite.encr, suite.integ, std::move(keys.sk_ei), std::move(keys.sk_ai));
    auto of_responder = crypto::SkCipher::create(suite.encr, suite.integ, std::move(keys.sk_er), std::move(keys.sk_ar));
    if (!of_initiator || !of_responder) return std::nullopt;
    Protection made;
    made.prf = suite.prf;
    made.sk_d = std::move(keys.sk_d);
    made.seal = std::move(initiator ? of_initiator : of_responder);
    made.open = std::move(initiator ? of_responder : of_initiator);
    made.sk_p_ours = std::move(initiator ? keys.sk_pi : keys.sk_pr);
    made.sk_p_theirs = std::move(initiator ? keys.sk_pr : keys.sk_pi);
    return made;
}

void Protection::take(PpkKeys keys) {
    sk_d = std::move(keys.sk_d);
    sk_p_ours = std::move(keys.sk_p_ours);
    sk_p_theirs = std::move(keys.sk_p_theirs);
}

Bytes lower_nonce(const Bytes& a, const Bytes& b) {
    return std::min(a, b);
}

}  // namespace esplane::ike
