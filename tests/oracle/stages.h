// The gateway's own stages around one CHILD_SA. All that this program knows of them stands in stages.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crypto/secret.h"
#include "dataplane/packet/descriptor.h"
#include "tests/oracle/suite.h"

namespace esplane::oracle {

struct SaOptions {
    Suite suite;
    crypto::Secret key;  ///< as KEYMAT yields it
    dataplane::Spi spi{};
    bool esn = false;
    std::uint64_t first = 1;             ///< sequence number: the first to send, or the first to expect
    std::vector<std::string> selectors;  ///< prefixes, of both sides
    Path path;                           ///< of a sender; ports are those of UDP
    dataplane::Encapsulation encapsulation = dataplane::Encapsulation::kNone;
    std::size_t batch = dataplane::kBurst;  ///< packets that go through together
};

struct Outcome {
    std::vector<Bytes> packets;
    /// Of input packets that went nowhere, by number from 0: the drop reason. Those of one batch share what the batch
    /// was told, joined by '|'.
    std::map<std::size_t, std::string> refused;
};

/// Plain packets to outer packets.
Outcome seal_all(SaOptions options, const std::vector<Bytes>& packets);
/// Outer packets to plain packets. Throws std::runtime_error for an outer packet that holds neither ESP nor UDP.
Outcome open_all(SaOptions options, const std::vector<Bytes>& packets);

}  // namespace esplane::oracle
