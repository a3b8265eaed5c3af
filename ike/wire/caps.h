// How much of anything one message may hold. Real peers stay far below; the caps keep what a stranger can make us store
// and compare small.
#pragma once

#include <cstddef>

namespace esplane::ike::wire {

inline constexpr std::size_t kMaxPayloads = 128;
inline constexpr std::size_t kMaxNotifies = 64;
inline constexpr std::size_t kMaxProposals = 64;
inline constexpr std::size_t kMaxTransforms = 128;        ///< of one proposal
inline constexpr std::size_t kMaxSelectors = 255;         ///< of one TS payload: its count is one octet
inline constexpr std::size_t kMaxDeletedSpis = 1024;      ///< of one Delete payload
inline constexpr std::size_t kMaxIdLength = 2048;         ///< octets of identification data
inline constexpr std::size_t kMaxConfigAttributes = 128;  ///< of one Configuration payload
inline constexpr std::size_t kMaxCerts = 16;              ///< CERT, and as many CERTREQ
inline constexpr std::size_t kMinNonceLength = 16;        // RFC 7296 3.9
inline constexpr std::size_t kMaxNonceLength = 256;
inline constexpr std::size_t kMinCookieLength = 1;  // RFC 7296 2.6
inline constexpr std::size_t kMaxCookieLength = 64;

}  // namespace esplane::ike::wire
