// Why a device could not be opened, as far as the host shows it.
#pragma once

#include <string>

namespace esplane::dataplane {

/// `device` as it is configured. What is wrong with it and what to do, a sentence or two without a full stop at the
/// end. The EAL must run; it may log.
std::string advice_on(const std::string& device);

}  // namespace esplane::dataplane
