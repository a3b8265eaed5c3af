// Keys of ESP suites beside the material that OpenSSL needs to do the same.
#pragma once

#include <utility>

#include "crypto/esp_key.h"
#include "crypto/random.h"
#include "tests/unit/crypto/esp_oracle.h"

namespace esplane::crypto::test {

/// A key of one direction, and what it was made from.
struct Keyed {
    Suite suite;
    Bytes material;
    EspKey key;

    Keyed(const Suite& of, Bytes from) : suite(of), material(std::move(from)), key(suite.encr, suite.integ, secret()) {}
    Keyed(const Suite& of, Random& random) : Keyed(of, random.bytes(EspKey::material_length(of.encr, of.integ))) {}

    Secret secret() const { return Secret(ByteView(material)); }
    Bytes oracle(const Header& header, ByteView iv, ByteView text) const {
        return oracle_packet(suite, material, header, iv, text);
    }
};

}  // namespace esplane::crypto::test
