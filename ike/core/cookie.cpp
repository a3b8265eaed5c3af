#include "ike/core/cookie.h"

#include <array>

#include "crypto/prf.h"

namespace esplane::ike {
namespace {

constexpr std::chrono::seconds kSecretLifetime{60};
constexpr std::size_t kSecretLength = 32;

crypto::Secret draw_secret(crypto::Random& random) {
    crypto::Secret secret(kSecretLength);
    random.fill(secret.writable());
    return secret;
}

}  // namespace

CookieJar::CookieJar(crypto::Random& random, std::chrono::steady_clock::time_point now)
    : random_(random), rotated_at_(now), current_(draw_secret(random)), previous_(draw_secret(random)) {}

void CookieJar::rotate(std::chrono::steady_clock::time_point now) {
    const auto age = now - rotated_at_;
    if (age < kSecretLifetime) return;
    // After two lifetimes without a call the current secret, too, is older than a previous one may be.
    previous_ = age < 2 * kSecretLifetime ? std::move(current_) : draw_secret(random_);
    current_ = draw_secret(random_);
    ++version_;
    rotated_at_ = now;
}

// The parts of fixed length come first, so that no two inputs run together into the same octets.
Bytes CookieJar::compute(std::uint8_t version, ByteView nonce_i, const IpAddress& peer, IkeSpi spi_i) const {
    std::array<std::uint8_t, 9> fixed;
    store_be(fixed.data(), to_number(spi_i));
    fixed[8] = static_cast<std::uint8_t>(peer.family());
    const crypto::Secret& secret = version == version_ ? current_ : previous_;
    const auto mac = crypto::prf(crypto::PrfId::kHmacSha256, secret.view(), {fixed, peer.octets(), nonce_i});
    Bytes cookie{version};
    append(cookie, mac.view());
    return cookie;
}

Bytes CookieJar::bake(std::chrono::steady_clock::time_point now, ByteView nonce_i, const IpAddress& peer,
                      IkeSpi spi_i) {
    rotate(now);
    return compute(version_, nonce_i, peer, spi_i);
}

bool CookieJar::is_ours(std::chrono::steady_clock::time_point now, ByteView cookie, ByteView nonce_i,
                        const IpAddress& peer, IkeSpi spi_i) {
    rotate(now);
    if (cookie.empty()) return false;
    const std::uint8_t version = cookie.front();
    const bool is_live = version == version_ || version == static_cast<std::uint8_t>(version_ - 1);
    return is_live && equal_constant_time(cookie, compute(version, nonce_i, peer, spi_i));
}

}  // namespace esplane::ike
