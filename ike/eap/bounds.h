// What bounds a conversation, whatever the other side does.
#pragma once

#include <cstddef>

namespace esplane::ike::eap {

inline constexpr std::size_t kMostRounds = 100;
inline constexpr std::size_t kLongestIdentity = 253;  ///< octets: RFC 7542 2.8

}  // namespace esplane::ike::eap
