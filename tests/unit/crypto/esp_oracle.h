// What OpenSSL makes of an ESP packet: the other opinion on every suite.
#pragma once

#include <string>
#include <vector>

#include "crypto/algorithms.h"
#include "crypto/bytes.h"

namespace esplane::crypto::test {

struct Suite {
    Encr encr;
    IntegId integ = IntegId::kNone;
};

/// Each cipher and key length with each integrity that goes with it.
const std::vector<Suite>& all_suites();
std::string name_of(const Suite& suite);

/// What is in a packet apart from its text.
struct Header {
    std::uint32_t spi = 0;
    std::uint64_t sequence = 0;
    bool esn = false;
};

/// The packet, from SPI to ICV, with this IV. `key_material` as KEYMAT yields it.
Bytes oracle_packet(const Suite& suite, ByteView key_material, const Header& header, ByteView iv, ByteView text);

}  // namespace esplane::crypto::test
