// What bounds a conversation, whatever the other side does.
#pragma once

#include <cstddef>

namespace esplane::ike::eap {

inline constexpr std::size_t kMostRounds = 100;
inline constexpr std::size_t kLongestIdentity = 253;  ///< octets: RFC 7542 2.8

/// Of what EAP-TLS carries, a packet: so that an IKE message with it fits 1,280 octets, whatever lies around it.
inline constexpr std::size_t kTlsFragment = 1024;
/// Of all fragments that a peer has us put together.
inline constexpr std::size_t kLongestTlsMessage = 65536;

}  // namespace esplane::ike::eap
