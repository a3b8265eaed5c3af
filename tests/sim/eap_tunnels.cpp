#include "tests/sim/eap_tunnels.h"

namespace esplane::sim {

using crypto::test::Made;

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

}  // namespace esplane::sim
