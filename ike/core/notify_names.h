// Error notifies under the RFC's names, for messages.
#pragma once

#include <string>

#include "ike/wire/numbers.h"

namespace esplane::ike {

/// "NO_PROPOSAL_CHOSEN", or "notify 8192" for one that we do not know.
std::string notify_name(std::uint16_t type);

}  // namespace esplane::ike
