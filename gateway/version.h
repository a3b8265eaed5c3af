#pragma once

namespace esplane::gateway {

inline constexpr const char* kVersion = ESPLANE_VERSION;

}  // namespace esplane::gateway
