// What a key exchange test needs of plain numbers, as an oracle beside the key exchange itself.
#pragma once

#include <catch2/catch.hpp>

#include "crypto/algorithms.h"
#include "crypto/bytes.h"
#include "crypto/key_exchange.h"
#include "crypto/openssl.h"
#include "crypto/random.h"

namespace esplane::test {

inline constexpr crypto::DhId kGroups[] = {crypto::DhId::kModp2048, crypto::DhId::kModp3072, crypto::DhId::kModp4096,
                                           crypto::DhId::kEcp256,   crypto::DhId::kEcp384,   crypto::DhId::kEcp521,
                                           crypto::DhId::kX25519};
inline constexpr crypto::DhId kModpGroups[] = {crypto::DhId::kModp2048, crypto::DhId::kModp3072,
                                               crypto::DhId::kModp4096};
inline constexpr crypto::DhId kEcpGroups[] = {crypto::DhId::kEcp256, crypto::DhId::kEcp384, crypto::DhId::kEcp521};

inline std::unique_ptr<crypto::KeyExchange> generate(crypto::DhId group, std::uint64_t seed) {
    crypto::SeededRandom random(seed);
    return crypto::KeyExchange::generate(group, random);
}

/// The modulus of a MODP group.
inline crypto::Bignum prime_of(crypto::DhId group) {
    return crypto::Bignum(group == crypto::DhId::kModp2048   ? BN_get_rfc3526_prime_2048(nullptr)
                          : group == crypto::DhId::kModp3072 ? BN_get_rfc3526_prime_3072(nullptr)
                                                             : BN_get_rfc3526_prime_4096(nullptr));
}

inline crypto::Bignum to_number(ByteView octets) {
    return crypto::Bignum(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

/// Big-endian, filled with zeros in front.
inline Bytes to_octets(const crypto::Bignum& number, std::size_t length) {
    Bytes octets(length);
    REQUIRE(BN_bn2binpad(number.get(), octets.data(), static_cast<int>(length)) == static_cast<int>(length));
    return octets;
}

}  // namespace esplane::test
