// One request of HTTP/1.0 or 1.1 (RFC 9112), over OpenSSL's client.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace esplane::gateway {

struct HttpPost {
    std::string url;  ///< "http://HOST[:PORT]/PATH"
    std::string content_type;
    std::string accepted_type;  ///< of the answer; another one is an error
    Bytes body;
    std::size_t most_octets = 0;  ///< of the answer, which must be one value in DER
    std::uint32_t socket_mark = 0;
    std::chrono::seconds patience{5};  ///< for all of it, but for the resolution of the name
};

/// Waits for the answer. Follows no redirect, uses no proxy. The error is the end of a sentence.
Result<Bytes, std::string> post(const HttpPost& request);

}  // namespace esplane::gateway
