#include "benchmarks/pipeline/suites.h"

#include <algorithm>
#include <array>

namespace esplane::bench {
namespace {

using crypto::EncrId;

constexpr std::array kSuites{
    Suite{{EncrId::kAesGcm16, 128}, &IMB_MGR::gcm128_pre, &IMB_MGR::gcm128_enc, &IMB_MGR::gcm128_dec},
    Suite{{EncrId::kAesGcm16, 192}, &IMB_MGR::gcm192_pre, &IMB_MGR::gcm192_enc, &IMB_MGR::gcm192_dec},
    Suite{{EncrId::kAesGcm16, 256}, &IMB_MGR::gcm256_pre, &IMB_MGR::gcm256_enc, &IMB_MGR::gcm256_dec},
};

}  // namespace

std::span<const Suite> suites() {
    return kSuites;
}

const Suite* find_suite(std::string_view name) {
    const auto found =
        std::find_if(kSuites.begin(), kSuites.end(), [&](const Suite& suite) { return suite.name() == name; });
    return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace esplane::bench
