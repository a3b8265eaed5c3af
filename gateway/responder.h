// Asks an OCSP responder (RFC 6960 A.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "crypto/result.h"
#include "ike/core/actions.h"

namespace esplane::gateway {

/// The OCSPResponse in DER, whatever it says. Waits: `patience` for the connection and the answer, and besides for the
/// resolution of the name. The responder is reached as the gateway's own packets are, by a socket with this mark; no
/// proxy is used, and no redirect followed. The error is a sentence.
Result<Bytes, std::string> ask_responder(const ike::FetchStatus& question, std::uint32_t socket_mark,
                                         std::chrono::seconds patience = std::chrono::seconds(5));

}  // namespace esplane::gateway
