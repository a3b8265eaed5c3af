// Tunnels whose initiator proves itself by EAP, of the method of fake_eap.h, to a gateway with a certificate.
#pragma once

#include <string>

#include "tests/sim/fake_eap.h"
#include "tests/sim/sim.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::sim {

const crypto::test::Made& eap_authority();
std::shared_ptr<const ike::CertificateAuth> certificate_of(const crypto::test::Made& own);

/// The left tunnel as client, which believes the authority.
ike::TunnelOptions eap_client(const std::string& identity = "alice", const std::string& password = "pw of alice");
/// The right tunnel as gateway, certified by the authority; it knows alice and bob.
ike::TunnelOptions eap_server(int rounds = 2);

/// Each of the first so many datagrams of a set-up lost, late, or all of them twice: it comes up, and nothing is left
/// over.
void hold_against_mishaps(const ike::TunnelOptions& left, const ike::TunnelOptions& right, std::uint64_t datagrams);

}  // namespace esplane::sim
