// `auth` with EAP, of either side.
#include "config/eap.h"

#include "config/load.h"
#include "crypto/private_key_file.h"
#include "tests/unit/config/temporary_files.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::config {
namespace {

using crypto::test::Made;
using testing::Files;

struct Fixture {
    Fixture() {
        const Made authority = crypto::test::make(crypto::test::ca_wish("Example CA"));
        const Made gateway = crypto::test::make(crypto::test::leaf_wish("gw.example.org"), &authority);
        const crypto::Secret key = crypto::to_pkcs8_pem(crypto::PrivateKey::of(gateway.key).value());
        files.write("gw.pem", gateway.certificate.pem());
        files.write("gw.key", {reinterpret_cast<const char*>(key.view().data()), key.size()}, 0600);
        files.write("ca.pem", authority.certificate.pem());
        files.write("users.yaml", "users: {alice: {password: Wonderland}}\n", 0600);
        files.write("password", "Wonderland\n", 0600);
    }
    auto load(const std::string& auth, const std::string& defaults = "{}") const {
        return load_text(
            "tunnels:\n  a:\n    local: {address: 192.0.2.1, id: gw.example.org, subnets: [10.1.0.0/16]}\n"
            "    remote: {address: 192.0.2.2, subnets: [10.2.0.0/16]}\n"
            "    auth: " +
                auth + "\ndefaults: {auth: " + defaults + "}\n",
            "f", files.path());
    }
    /// The first one, or "none".
    std::string problem(const std::string& auth) const {
        const auto loaded = load(auth);
        return loaded ? "none" : loaded.error()[0].to_string().substr(2);
    }
    Files files;
};

const std::string kServer = "{eap: mschapv2, certificate: gw.pem, key: gw.key, ca: ca.pem, users_file: users.yaml}";
const std::string kClient = "{eap: mschapv2, ca: ca.pem, user: alice, password_file: password}";

TEST_CASE("With users a tunnel asks, with a user it is asked, and both understand each other") {
    const Fixture fixture;
    const auto server = fixture.load(kServer);
    const auto client = fixture.load(kClient);
    REQUIRE(server);
    REQUIRE(client);
    const ike::TunnelOptions& ours = server.value().tunnels[0].ike;
    const ike::TunnelOptions& theirs = client.value().tunnels[0].ike;
    REQUIRE(ours.eap_authenticator != nullptr);
    CHECK(ours.eap_supplicant == nullptr);
    CHECK(ours.certificate->chain.size() == 1);
    REQUIRE(theirs.eap_supplicant != nullptr);
    CHECK(theirs.eap_authenticator == nullptr);
    REQUIRE(theirs.certificate != nullptr);
    CHECK(theirs.certificate->chain.empty());

    crypto::SeededRandom random(1);
    const auto asking = ours.eap_authenticator->begin_conversation(random, {});
    const auto asked = theirs.eap_supplicant->begin_conversation(random, {});
    Bytes packet = asking->begin();
    for (std::size_t i = 0; i < 3; ++i)
        packet = asking->receive(asked->receive(packet).packet).packet;
    CHECK(asked->receive(packet).kind == ike::eap::Step::Kind::kSuccess);
}

TEST_CASE("Another password is another tunnel, and the fingerprint does not have it") {
    const Fixture fixture;
    for (const auto& [auth, file, content] :
         {std::tuple{kServer, "users.yaml", "users: {alice: {password: other}}\n"}, {kClient, "password", "other\n"}}) {
        fixture.files.write("users.yaml", "users: {alice: {password: Wonderland}}\n", 0600);
        fixture.files.write("password", "Wonderland\n", 0600);
        const std::string before = fixture.load(auth).value().tunnels[0].fingerprint;
        CHECK(fixture.load(auth).value().tunnels[0].fingerprint == before);
        CHECK(before.find("Wonderland") == std::string::npos);
        fixture.files.write(file, content, 0600);
        CHECK(fixture.load(auth).value().tunnels[0].fingerprint != before);
    }
}

TEST_CASE("A key of the tunnel's own takes the place of EAP in defaults, and the other way round") {
    const Fixture fixture;
    const auto psk = fixture.load("{psk: secret}", kClient);
    REQUIRE(psk);
    CHECK(psk.value().tunnels[0].ike.psk != nullptr);
    CHECK(psk.value().tunnels[0].ike.eap_supplicant == nullptr);
    const auto eap = fixture.load(kClient, "{psk: secret}");
    REQUIRE(eap);
    CHECK(eap.value().tunnels[0].ike.psk == nullptr);
    CHECK(eap.value().tunnels[0].ike.eap_supplicant != nullptr);
}

TEST_CASE("What EAP lacks, or does not go with, is said") {
    const Fixture fixture;
    const std::pair<std::string, std::string> cases[] = {
        {kServer, "none"},
        {kClient, "none"},
        {"{eap: md5, ca: ca.pem, user: alice, password_file: password}", "5:17: auth.eap: 'md5' is not accepted; "},
        {"{eap: [], ca: ca.pem, user: alice, password_file: password}", "5:17: auth.eap: there is no method"},
        {"{eap: [mschapv2, mschapv2], ca: ca.pem, user: alice, password_file: password}",
         "5:28: auth.eap: 'mschapv2' is there twice"},
        {"{eap: mschapv2, user: alice, password_file: password}", "5:5: auth.ca is missing"},
        {"{eap: mschapv2, ca: ca.pem, user: alice}", "5:5: auth.password_file is missing"},
        {"{eap: mschapv2, ca: ca.pem, user: '', password_file: password}",
         "5:45: auth.user: the user's name must have"},
        {"{eap: mschapv2, psk: x, ca: ca.pem, user: alice, password_file: password}", "5:32: auth.psk: there is eap"},
        {"{eap: mschapv2, ca: ca.pem, user: alice, password_file: password, users_file: users.yaml}",
         "5:89: auth.users_file: is of the side that asks"},
        {"{eap: mschapv2, certificate: gw.pem, key: gw.key, ca: ca.pem}", "5:5: auth.users_file is missing"},
        {"{eap: mschapv2, ca: ca.pem, users_file: users.yaml}", "5:5: auth.key is missing"},
        {"{user: alice, psk: x}", "5:18: auth.user: is for eap"},
    };
    for (const auto& [auth, expected] : cases) {
        INFO(auth);
        CHECK(fixture.problem(auth).substr(0, expected.size()) == expected);
    }
}

}  // namespace
}  // namespace esplane::config
