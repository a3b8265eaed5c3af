#include "tests/unit/ike/eap/tls_sides.h"

namespace esplane::ike::eap::testing {

using crypto::test::ca_wish;
using crypto::test::Made;
using crypto::test::make;
using crypto::test::Wish;

Wish certified(const std::string& name, const std::string& names) {
    Wish wish = crypto::test::tls_wish(name, "1.3.6.1.5.5.7.3.17,serverAuth,clientAuth");
    for (auto& [field, value] : wish.extensions)
        if (std::string_view(field) == "subjectAltName") value = names;
    if (names.empty()) wish.extensions.pop_back();
    return wish;
}

const Made& authority() {
    static const Made made = make(ca_wish("CA"));
    return made;
}

Certified certified_by_authority(const std::string& name, const std::string& names) {
    return {make(certified(name, names), &authority()), {}};
}

Certified certified_at_length(const std::string& name) {
    std::vector<crypto::Certificate> above;
    const Made* issuer = &authority();
    std::vector<Made> chain;
    chain.reserve(3);
    for (const char* level : {"first", "second", "third"}) {
        Wish wish = ca_wish(std::string(58, 'x') + level);
        wish.key = "RSA-2048";
        chain.push_back(make(wish, issuer));
        issuer = &chain.back();
        above.insert(above.begin(), issuer->certificate);
    }
    Wish wish = certified(name, "DNS:" + name);
    wish.key = "RSA-2048";
    return {make(wish, issuer), above};
}

const Certified& server_certificate() {
    static const Certified made = certified_by_authority("server.example.org", "DNS:server.example.org");
    return made;
}

const Certified& alice() {
    static const Certified made = certified_by_authority("alice", "DNS:alice");
    return made;
}

crypto::TlsSettings settings_of(crypto::TlsSide side, const Certified& certified) {
    std::vector<crypto::Certificate> chain{certified.own.certificate};
    chain.insert(chain.end(), certified.above.begin(), certified.above.end());
    const auto key = crypto::PrivateKey::of(certified.own.key).value();
    auto trust = std::make_shared<const crypto::TrustStore>(crypto::TrustStore::of({authority().certificate}).value());
    return crypto::TlsSettings::of(side, {chain, key, std::move(trust)}).value();
}

MethodOffer tls_server_of(const Certified& certified, std::shared_ptr<const Users> users) {
    return tls_server(settings_of(crypto::TlsSide::kServer, certified), std::move(users));
}

MethodOffer tls_peer_of(const Certified& certified, const std::string& server) {
    const crypto::Identity name = crypto::parse_identity(server);
    const auto fits = [name](const crypto::Certificate& leaf) { return leaf.identity_fits(name); };
    return tls_peer(settings_of(crypto::TlsSide::kClient, certified), {fits, server});
}

std::unique_ptr<Talk> talk_by_tls(const std::string& identity, const Certified& peer, const Wire& wire,
                                  const Certified& server) {
    auto talk = talk_of({tls_server_of(server)}, identity, {tls_peer_of(peer)});
    run(*talk, wire);
    return talk;
}

}  // namespace esplane::ike::eap::testing
