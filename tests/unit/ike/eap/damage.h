// What may happen to a packet on its way.
#pragma once

#include "crypto/random.h"

namespace esplane::ike::eap::testing {

/// Flips, cuts off or puts behind. There must be something to damage.
void damage(crypto::Random& random, Bytes& packet);

}  // namespace esplane::ike::eap::testing
