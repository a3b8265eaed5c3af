// The ciphers of the Encrypted payload, with keys for tests.
#pragma once

#include <memory>
#include <vector>

#include "crypto/sk_cipher.h"

namespace esplane::ike::wire::samples {

inline std::unique_ptr<crypto::SkCipher> make_cipher(crypto::Encr encr, crypto::IntegId integ,
                                                     std::uint8_t key = 0x42) {
    crypto::Secret sk_e(Bytes(crypto::key_length(encr) + crypto::salt_length(encr.id), key));
    return crypto::SkCipher::create(encr, integ, std::move(sk_e),
                                    crypto::Secret(Bytes(crypto::key_length(integ), key)));
}

/// One of each kind.
inline std::vector<std::unique_ptr<crypto::SkCipher>> make_ciphers() {
    using crypto::EncrId;
    using crypto::IntegId;
    std::vector<std::unique_ptr<crypto::SkCipher>> ciphers;
    for (const std::uint16_t bits : std::initializer_list<std::uint16_t>{128, 192, 256}) {
        ciphers.push_back(make_cipher({EncrId::kAesGcm16, bits}, IntegId::kNone));
        for (const IntegId integ : {IntegId::kHmacSha256_128, IntegId::kHmacSha384_192, IntegId::kHmacSha512_256})
            ciphers.push_back(make_cipher({EncrId::kAesCbc, bits}, integ));
    }
    return ciphers;
}

}  // namespace esplane::ike::wire::samples
