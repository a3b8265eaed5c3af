// One request of HTTP (RFC 9112) by OpenSSL's client, over a connection that the caller has made.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace esplane::crypto {

struct HttpUrl {
    std::string host;
    std::string port;  ///< "80" where none is written
    std::string path;
};
/// Of "http://HOST[:PORT]/PATH"; empty for anything else, HTTPS too.
std::optional<HttpUrl> parse_http_url(const std::string& url);

struct HttpPost {
    std::string content_type;
    std::string accepted_type;  ///< of the answer; another one is an error
    ByteView body;
    std::size_t most_octets = 0;  ///< of the answer, which must be one value in DER
    std::chrono::seconds patience{};
};
/// Waits for the answer; follows no redirect. `socket` is connected to the host of `url`, does not block, and stays the
/// caller's. The error is the end of a sentence.
Result<Bytes, std::string> http_post(int socket, const HttpUrl& url, const HttpPost& request);

}  // namespace esplane::crypto
