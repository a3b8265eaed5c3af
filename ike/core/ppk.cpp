#include "ike/core/ppk.h"

#include <algorithm>

namespace esplane::ike {
namespace {

constexpr std::uint8_t kFixedId = 2;  // RFC 8784 5.1: PPK_ID_FIXED

}  // namespace

PpkKeys mix_ppk(crypto::PrfId prf, const crypto::Secret& ppk, const crypto::Secret& sk_d,
                const crypto::Secret& sk_p_ours, const crypto::Secret& sk_p_theirs) {
    const auto mix = [&](const crypto::Secret& key) {
        return crypto::prf_plus(prf, ppk.view(), {key.view()}, key.size());
    };
    return {mix(sk_d), mix(sk_p_ours), mix(sk_p_theirs)};
}

wire::Notify ppk_identity_notify(const Ppk& ppk) {
    wire::Notify notify;
    notify.type = static_cast<std::uint16_t>(wire::NotifyType::kPpkIdentity);
    notify.data.push_back(kFixedId);
    append(notify.data, as_bytes(ppk.id));
    return notify;
}

bool names_ppk(const wire::Notify& identity, const Ppk& ppk) {
    if (identity.data.empty() || identity.data.front() != kFixedId) return false;
    const ByteView name = ByteView(identity.data).subspan(1);
    const ByteView own = as_bytes(ppk.id);
    return std::equal(name.begin(), name.end(), own.begin(), own.end());
}

}  // namespace esplane::ike
