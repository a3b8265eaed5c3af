// NAT detection (RFC 7296 2.23).
#pragma once

#include "crypto/random.h"
#include "dataplane/packet/address.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// SHA-1(SPIi | SPIr | address | port).
Bytes nat_detection_hash(IkeSpi spi_i, IkeSpi spi_r, const Endpoint& endpoint);

/// SOURCE_IP and DESTINATION_IP for a message on this path. With `force_encap` the source hash is made wrong, so that
/// the peer sees a NAT in front of us and encapsulates.
std::vector<wire::Notify> nat_detection_notifies(IkeSpi spi_i, IkeSpi spi_r, const Path& path, bool force_encap,
                                                 crypto::Random& random);

struct NatFinding {
    bool supported = false;   ///< the peer sent the notifies
    bool local_nat = false;   ///< a NAT in front of us: we keep it open
    bool remote_nat = false;  ///< a NAT in front of the peer: it may move
    bool any() const { return local_nat || remote_nat; }
};

/// From a received message: one of several SOURCE_IP hashes that fits is enough.
NatFinding detect_nat(const wire::Payloads& payloads, IkeSpi spi_i, IkeSpi spi_r, const Path& path);

}  // namespace esplane::ike
