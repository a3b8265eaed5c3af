// Tokens by which a peer learns at once that we have restarted and lost its IKE SA (RFC 6290). Each side gives the
// other one inside the IKE SA; shown in clear later on, it proves that the SA is gone.
#pragma once

#include "ike/core/ike_sa.h"
#include "ike/core/options.h"

namespace esplane::ike {

/// RFC 6290 4.1: what a token may be as long as.
inline constexpr std::size_t kShortestToken = 16;
inline constexpr std::size_t kLongestToken = 128;

/// Ours for an IKE SA with these SPIs, which needs no state but the secret (RFC 6290 5.1): 16 octets, so that the
/// answer that shows it is about as long as the shortest request that can ask for it.
Bytes crash_token(const crypto::Secret& secret, IkeSpi spi_i, IkeSpi spi_r);

/// Adds ours for `sa` to a message inside an IKE SA, where tokens are made at all.
void put_crash_token(const Options& options, const IkeSa& sa, wire::Payloads& payloads);
/// Keeps the peer's for `sa`, if it is one. From an authenticated message only.
void take_crash_token(IkeSa& sa, const wire::Payloads& payloads);
/// Whether one of the tokens shown is what the peer gave us.
bool shows_crash_token(const IkeSa& sa, const wire::Payloads& payloads);

}  // namespace esplane::ike
