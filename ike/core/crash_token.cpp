#include "ike/core/crash_token.h"

#include <algorithm>
#include <array>

#include "crypto/prf.h"

namespace esplane::ike {

namespace {

bool is_token(const wire::Notify& notify) {
    return notify.is(wire::NotifyType::kQcdToken) && notify.data.size() >= kShortestToken &&
           notify.data.size() <= kLongestToken;
}

}  // namespace

Bytes crash_token(const crypto::Secret& secret, IkeSpi spi_i, IkeSpi spi_r) {
    std::array<std::uint8_t, 16> spis;
    store_be(spis.data(), to_number(spi_i));
    store_be(spis.data() + 8, to_number(spi_r));
    const crypto::Secret mac = crypto::prf(crypto::PrfId::kHmacSha256, secret.view(), {spis});
    return to_bytes(mac.view().first(kShortestToken));
}

void put_crash_token(const Options& options, const IkeSa& sa, wire::Payloads& payloads) {
    if (!options.crash_secret) return;
    wire::Notify notify =
        make_notify(wire::NotifyType::kQcdToken, crash_token(*options.crash_secret, sa.spi_i, sa.spi_r));
    notify.protocol = wire::ProtocolId::kIke;
    payloads.notifies.push_back(std::move(notify));
}

void take_crash_token(IkeSa& sa, const wire::Payloads& payloads) {
    const auto found = std::find_if(payloads.notifies.begin(), payloads.notifies.end(), is_token);
    if (found != payloads.notifies.end()) sa.peer_token = crypto::Secret(found->data);
}

bool shows_crash_token(const IkeSa& sa, const wire::Payloads& payloads) {
    if (sa.peer_token.empty()) return false;
    return std::any_of(payloads.notifies.begin(), payloads.notifies.end(), [&](const wire::Notify& notify) {
        return is_token(notify) && equal_constant_time(notify.data, sa.peer_token.view());
    });
}

}  // namespace esplane::ike
