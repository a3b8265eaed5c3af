#include "tests/oracle/suite.h"

namespace esplane::oracle {
namespace {

using crypto::Encr;
using crypto::EncrId;
using crypto::IntegId;

constexpr EncrId kCiphers[] = {EncrId::kNull, EncrId::kAesCbc, EncrId::kAesGcm16, EncrId::kNullAuthAesGmac,
                               EncrId::kChaCha20Poly1305};
constexpr std::uint16_t kAesBits[] = {128, 192, 256};
constexpr IntegId kIntegrity[] = {IntegId::kHmacSha256_128, IntegId::kHmacSha384_192, IntegId::kHmacSha512_256};

std::vector<Encr> ciphers() {
    std::vector<Encr> known;
    for (const EncrId id : kCiphers) {
        if (const auto fixed = crypto::known_esp_encr(static_cast<std::uint16_t>(id), std::nullopt))
            known.push_back(*fixed);
        for (const std::uint16_t bits : kAesBits) {
            if (const auto encr = crypto::known_esp_encr(static_cast<std::uint16_t>(id), bits)) known.push_back(*encr);
        }
    }
    return known;
}

}  // namespace

std::string Suite::name() const {
    const std::string cipher(crypto::name(encr));
    return integ == IntegId::kNone ? cipher : cipher + "-" + std::string(crypto::name(integ));
}

std::vector<Suite> suites() {
    std::vector<Suite> all;
    for (const Encr encr : ciphers()) {
        if (crypto::is_aead(encr.id)) {
            all.push_back({encr});
            continue;
        }
        for (const IntegId integ : kIntegrity)
            all.push_back({encr, integ});
    }
    return all;
}

std::optional<Suite> find_suite(std::string_view name) {
    for (const Suite& suite : suites()) {
        if (suite.name() == name) return suite;
    }
    return std::nullopt;
}

}  // namespace esplane::oracle
