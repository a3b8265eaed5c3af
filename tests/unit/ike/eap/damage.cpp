#include "tests/unit/ike/eap/damage.h"

namespace esplane::ike::eap::testing {

void damage(crypto::Random& random, Bytes& packet) {
    switch (random.below(3)) {
        case 0:
            packet[random.below(packet.size())] ^= static_cast<std::uint8_t>(1 + random.below(255));
            break;
        case 1:
            packet.resize(random.below(packet.size()));
            break;
        default:
            append(packet, random.bytes(1 + random.below(40)));
            break;
    }
    const bool mend_length = random.below(2) == 0 && packet.size() >= 4;
    if (mend_length) store_be(&packet[2], static_cast<std::uint16_t>(packet.size()));
}

}  // namespace esplane::ike::eap::testing
