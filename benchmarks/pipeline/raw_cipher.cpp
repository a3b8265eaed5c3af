#include "benchmarks/pipeline/raw_cipher.h"

#include <stdexcept>

namespace esplane::bench {
namespace {

std::variant<RawGcm, RawChacha20Poly1305, RawCbcHmac> cipher_of(const Suite& suite) {
    switch (suite.encr.id) {
        case crypto::EncrId::kAesGcm16:
            return RawGcm(suite.encr);
        case crypto::EncrId::kChaCha20Poly1305:
            return RawChacha20Poly1305();
        case crypto::EncrId::kAesCbc:
            return RawCbcHmac(suite.encr, suite.integ);
        default:
            throw std::invalid_argument("no call of the library's is known for " + suite.name());
    }
}

}  // namespace

RawCipher::RawCipher(const Suite& suite) : cipher_(cipher_of(suite)) {}

void RawCipher::seal(std::span<const MutableByteView> texts) {
    std::visit([&](auto& cipher) { cipher.seal(texts); }, cipher_);
}

void RawCipher::open(std::span<const MutableByteView> texts) {
    std::visit([&](auto& cipher) { cipher.open(texts); }, cipher_);
}

}  // namespace esplane::bench
