// Text of unknown origin, made safe for a terminal and a log.
#pragma once

#include <string>
#include <string_view>

namespace esplane::gateway {

/// Control characters, line ends included, and whatever is not UTF-8 become "\xNN"; a backslash stays.
std::string printable(std::string_view text);

}  // namespace esplane::gateway
