// What MS-CHAP version 2 computes (RFC 2759 8, RFC 3079 3). Its MD4 and DES protect nothing by themselves: whoever sees
// an exchange finds the password's hash in a day. It belongs inside of a protected channel with a server that has
// proven itself.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace esplane::crypto {

inline constexpr std::size_t kMsChapChallenge = 16;
inline constexpr std::size_t kMsChapHash = 16;
inline constexpr std::size_t kMsChapResponse = 24;
inline constexpr std::size_t kMsChapProof = 20;

/// Whether OpenSSL has MD4 and DES here: they are in its legacy provider, a file that may be missing. Where it is false
/// nothing below may be called.
bool ms_chap_available();

/// The NT hash of a password in UTF-8: all that is needed to prove oneself by it, hence as secret as the password.
/// Empty when the password is not UTF-8 or has more than 256 UTF-16 units.
std::optional<Secret> nt_hash(std::string_view password);

/// What both sides know of one exchange. Each challenge has kMsChapChallenge octets.
struct MsChapExchange {
    ByteView authenticator_challenge;
    ByteView peer_challenge;
    std::string_view name;  ///< of the user; what precedes a backslash, a domain, does not count
};

/// The peer's proof, of kMsChapResponse octets.
Bytes ms_chap_response(const Secret& nt_hash, const MsChapExchange& exchange);

/// The authenticator's proof, of kMsChapProof octets, which answers `response`.
Bytes ms_chap_proof(const Secret& nt_hash, const MsChapExchange& exchange, ByteView response);

/// The 64 octets that EAP hands on: what the server receives by, what it sends by, zeros.
Secret ms_chap_msk(const Secret& nt_hash, ByteView response);

}  // namespace esplane::crypto
