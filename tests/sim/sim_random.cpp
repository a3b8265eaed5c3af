#include "tests/sim/sim_random.h"

namespace esplane::sim {

void SteeredRandom::fill(MutableByteView out) {
    constexpr std::size_t kNonceLength = 32;
    random_.fill(out);
    if (lead && out.size() == kNonceLength) out[0] = *lead;
}

}  // namespace esplane::sim
