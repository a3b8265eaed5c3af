#include "ike/core/redirect.h"

#include "ike/core/ike_sa.h"

namespace esplane::ike {

namespace {

constexpr std::uint8_t kIpv4 = 1;
constexpr std::uint8_t kIpv6 = 2;

}  // namespace

std::optional<RedirectTarget> parse_redirect(const wire::Notify& notify) {
    const ByteView data = notify.data;
    if (data.size() < 2 || data.size() < 2U + data[1]) return std::nullopt;
    const ByteView identity = data.subspan(2, data[1]);
    RedirectTarget target;
    target.nonce = to_bytes(data.subspan(2U + data[1]));
    const bool fits = (data[0] == kIpv4 && identity.size() == 4) || (data[0] == kIpv6 && identity.size() == 16);
    if (fits) target.address = IpAddress::from_octets(identity);
    return target;
}

wire::Notify redirected_from(const IpAddress& gateway) {
    const ByteView octets = gateway.octets();
    Bytes data{gateway.family() == Family::kIpv4 ? kIpv4 : kIpv6, static_cast<std::uint8_t>(octets.size())};
    append(data, octets);
    return make_notify(wire::NotifyType::kRedirectedFrom, std::move(data));
}

bool Redirections::follow(TimePoint now, const IpAddress& gateway, const IpAddress& target) {
    if (count == 0 || now - since >= kRedirectPeriod) {
        count = 0;
        since = now;
    }
    if (count == kMaxRedirects) return false;
    ++count;
    from = gateway;
    to = target;
    return true;
}

}  // namespace esplane::ike
