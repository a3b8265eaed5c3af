// Stateless cookies against half-open floods (RFC 7296 2.6).
#pragma once

#include <chrono>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// Cookie = version | HMAC-SHA-256(secret, SPIi | address | Ni), 33 octets. The secret changes every minute; the one
/// before it still counts.
class CookieJar {
  public:
    CookieJar(crypto::Random& random, std::chrono::steady_clock::time_point now);

    Bytes bake(std::chrono::steady_clock::time_point now, ByteView nonce_i, const IpAddress& peer, IkeSpi spi_i);
    bool is_ours(std::chrono::steady_clock::time_point now, ByteView cookie, ByteView nonce_i, const IpAddress& peer,
                 IkeSpi spi_i);

  private:
    void rotate(std::chrono::steady_clock::time_point now);
    Bytes compute(std::uint8_t version, ByteView nonce_i, const IpAddress& peer, IkeSpi spi_i) const;

    crypto::Random& random_;
    std::chrono::steady_clock::time_point rotated_at_;
    std::uint8_t version_ = 0;
    crypto::Secret current_;
    crypto::Secret previous_;
};

}  // namespace esplane::ike
