#include "benchmarks/pipeline/suites.h"

#include <algorithm>
#include <array>

namespace esplane::bench {
namespace {

using crypto::EncrId;
using crypto::IntegId;

constexpr std::array kSuites{
    Suite{{EncrId::kAesGcm16, 128}},
    Suite{{EncrId::kAesGcm16, 192}},
    Suite{{EncrId::kAesGcm16, 256}},
    Suite{{EncrId::kChaCha20Poly1305, 256}},
    Suite{{EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128},
    Suite{{EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128},
    Suite{{EncrId::kAesCbc, 256}, IntegId::kHmacSha512_256},
};

}  // namespace

std::string Suite::name() const {
    std::string text(crypto::name(encr));
    if (integ != IntegId::kNone) text += "-" + std::string(crypto::name(integ));
    return text;
}

std::span<const Suite> suites() {
    return kSuites;
}

const Suite* find_suite(std::string_view name) {
    const auto found =
        std::find_if(kSuites.begin(), kSuites.end(), [&](const Suite& suite) { return suite.name() == name; });
    return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace esplane::bench
