#include "tests/sim/eap_tunnels.h"

#include <catch2/catch.hpp>

namespace esplane::sim {

using crypto::test::Made;
using std::chrono::seconds;

namespace {

const Made& gateway() {
    static const Made made = crypto::test::make(crypto::test::leaf_wish("right.example.org"), &eap_authority());
    return made;
}

}  // namespace

const Made& eap_authority() {
    static const Made made = crypto::test::make(crypto::test::ca_wish("Example CA"));
    return made;
}

std::shared_ptr<const ike::CertificateAuth> certificate_of(const Made& own) {
    auto trust =
        std::make_shared<const crypto::TrustStore>(crypto::TrustStore::of({eap_authority().certificate}).value());
    return std::make_shared<const ike::CertificateAuth>(ike::CertificateAuth{
        {own.certificate}, crypto::PrivateKey::of(own.key).value(), trust, crypto::RevocationPolicy::kRelaxed, {}});
}

ike::TunnelOptions eap_client(const std::string& identity, const std::string& password) {
    auto options = left_tunnel();
    options.psk = nullptr;
    options.certificate = certificate_of(gateway());
    options.eap_supplicant = fake_supplicant(identity, password);
    return options;
}

ike::TunnelOptions eap_server(int rounds) {
    auto options = right_tunnel();
    options.psk = nullptr;
    options.certificate = certificate_of(gateway());
    options.eap_authenticator = fake_authenticator({{"alice", "pw of alice"}, {"bob", "pw of bob"}}, rounds);
    return options;
}

void hold_against_mishaps(const ike::TunnelOptions& left, const ike::TunnelOptions& right, std::uint64_t datagrams) {
    for (std::uint64_t which = 1; which <= datagrams; ++which) {
        for (const char* fate : {"lost", "twice", "late"}) {
            INFO("datagram " << which << " " << fate);
            Pair pair;
            std::uint64_t count = 0;
            pair.world.network.filter = [&](const Packet& packet) {
                if (!std::holds_alternative<Bytes>(packet.content) || ++count != which || fate[0] == 't') return true;
                if (fate[1] == 'a') pair.world.at(seconds(3), [&pair, packet] { pair.world.transmit(packet); });
                return false;
            };
            pair.world.network.faults.repeat = fate[0] == 't' ? 1 : 0;
            pair.add(left, right);
            CHECK(pair.world.run_until([&] { return pair.left.status().state == ike::TunnelState::kEstablished; },
                                       seconds(10)));
            pair.world.network.faults.repeat = 0;
            // IKE_SA_INIT that comes late makes a half-open IKE SA, for its time.
            pair.world.run_for(seconds(40));
            CHECK(pair.up());
            CHECK(pair.leftover() == "");
        }
    }
}

}  // namespace esplane::sim
