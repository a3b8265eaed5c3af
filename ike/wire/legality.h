// Which payloads may and must stand in which message (RFC 7296 1.2 to 1.4, appendix C), as a table.
#pragma once

#include <optional>
#include <string>

#include "ike/wire/message.h"

namespace esplane::ike::wire {

/// What is wrong with the message, in words for a log line; empty when it is legal. A response that carries an error
/// notify needs none of the payloads that a successful one must have.
std::optional<std::string> find_illegality(ExchangeType exchange, bool is_response, const Payloads& payloads);

}  // namespace esplane::ike::wire
