// Whether this is a build with AddressSanitizer, which takes ten times as long: what is enumerated or drawn at random
// is less there, and all of it in a build without.
#pragma once

namespace esplane::sim {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ESPLANE_UNDER_ASAN
#endif
#endif

#if defined(ESPLANE_UNDER_ASAN)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace esplane::sim
