// Being sent to another gateway (RFC 5685), as a client: the payloads, and how far we follow.
#pragma once

#include <optional>

#include "dataplane/packet/address.h"
#include "ike/core/actions.h"

namespace esplane::ike {

/// RFC 5685 6: how often within kRedirectPeriod we let ourselves be sent on.
inline constexpr std::uint32_t kMaxRedirects = 5;
inline constexpr std::chrono::milliseconds kRedirectPeriod{300'000};

/// Where REDIRECT sends us. Its nonce is ours, which shows in IKE_SA_INIT that whoever sent it has seen our request
/// (5).
struct RedirectTarget {
    std::optional<IpAddress> address;  ///< empty: a name, or something else that is no address
    Bytes nonce;                       ///< in IKE_SA_INIT only
};

/// Empty when the notify is not what RFC 5685 8.2 describes.
std::optional<RedirectTarget> parse_redirect(const wire::Notify& notify);
/// RFC 5685 8.3: for the new gateway, who sent us.
wire::Notify redirected_from(const IpAddress& gateway);

/// How a tunnel has been sent around so far.
struct Redirections {
    std::optional<IpAddress> to;    ///< where it connects instead of its configured peer
    std::optional<IpAddress> from;  ///< who said so last
    std::uint32_t count = 0;        ///< since `since`
    TimePoint since;

    /// False when it is once too often: somebody sends us in circles.
    bool follow(TimePoint now, const IpAddress& gateway, const IpAddress& target);
};

}  // namespace esplane::ike
