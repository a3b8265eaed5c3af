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
        write_certified("gw", "gw.example.org", authority);
        write_certified("alice", "alice", authority);
        write_certified("gw-ike", "gw.example.org", authority, "1.3.6.1.5.5.7.3.17");
        write_certified("alice-server", "alice", authority, "serverAuth");
        files.write("ca.pem", authority.certificate.pem());
        files.write("users.yaml", "users: {alice: {password: Wonderland}}\n", 0600);
        files.write("password", "Wonderland\n", 0600);
    }
    void write_certified(const std::string& file, const std::string& name, const Made& authority,
                         const char* purposes = "serverAuth,clientAuth") const {
        const Made made = crypto::test::make(crypto::test::tls_wish(name, purposes), &authority);
        const crypto::Secret key = crypto::to_pkcs8_pem(crypto::PrivateKey::of(made.key).value());
        files.write((file + ".pem").c_str(), made.certificate.pem());
        files.write((file + ".key").c_str(), {reinterpret_cast<const char*>(key.view().data()), key.size()}, 0600);
    }
    auto load(const std::string& auth, const std::string& defaults = "{}") const {
        return load_text(
            "tunnels:\n  a:\n    local: {address: 192.0.2.1, id: gw.example.org, subnets: [10.1.0.0/16]}\n"
            "    remote: {address: 192.0.2.2, id: gw.example.org, subnets: [10.2.0.0/16]}\n"
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

const std::string kTlsServer = "{eap: tls, certificate: gw.pem, key: gw.key, ca: ca.pem}";
const std::string kTlsClient = "{eap: tls, certificate: alice.pem, key: alice.key, ca: ca.pem, user: alice}";

/// By which method the one proves itself to the other; empty if it does not.
std::string method_between(const ike::TunnelOptions& server, const ike::TunnelOptions& client) {
    crypto::SeededRandom random(1);
    const auto asking = server.eap_authenticator->begin_conversation(random, crypto::test::kNow);
    const auto asked = client.eap_supplicant->begin_conversation(random, crypto::test::kNow);
    using Kind = ike::eap::Step::Kind;
    ike::eap::Step step{Kind::kSend, asking->begin()};
    while (step.kind == Kind::kSend && !step.packet.empty())
        step = asking->receive(asked->receive(step.packet).packet);
    return asked->receive(step.packet).kind == Kind::kSuccess ? asking->method() : "";
}

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

    CHECK(method_between(ours, theirs) == "mschapv2");
}

TEST_CASE("With a certificate for EAP a tunnel proves itself to EAP alone") {
    const Fixture fixture;
    const auto server = fixture.load(kTlsServer);
    const auto client = fixture.load(kTlsClient);
    REQUIRE(server);
    REQUIRE(client);
    const ike::TunnelOptions& ours = server.value().tunnels[0].ike;
    const ike::TunnelOptions& theirs = client.value().tunnels[0].ike;
    CHECK(ours.certificate->chain.size() == 1);
    REQUIRE(theirs.certificate != nullptr);
    CHECK(theirs.certificate->chain.empty());
    CHECK_FALSE(theirs.certificate->key.has_value());
    CHECK(method_between(ours, theirs) == "tls");
    CHECK(server.value().tunnels[0].fingerprint != client.value().tunnels[0].fingerprint);
}

TEST_CASE("Of two methods on one side the other has one, and names of the server count") {
    const Fixture fixture;
    const std::string both =
        "{eap: [mschapv2, tls], certificate: gw.pem, key: gw.key, ca: ca.pem, users_file: users.yaml}";
    const std::string client_of_both =
        "{eap: [tls, mschapv2], certificate: alice.pem, key: alice.key, ca: ca.pem, user: alice, "
        "password_file: password}";
    const auto with = [&](const std::string& name) {
        return kTlsClient.substr(0, kTlsClient.size() - 1) + ", aaa_id: " + name + '}';
    };
    struct Row {
        std::string server;
        std::string client;
        std::string method;
    };
    const Row rows[] = {
        {both, kClient, "mschapv2"},
        {both, kTlsClient, "tls"},
        {both, client_of_both, "mschapv2"},
        {kTlsServer, client_of_both, "tls"},
        {kServer, client_of_both, "mschapv2"},
        {kServer, kTlsClient, ""},
        {kTlsServer, kClient, ""},
        {kTlsServer, with("gw.example.org"), "tls"},
        {kTlsServer, with("'*.example.org'"), "tls"},
        {kTlsServer, with("radius.example.org"), ""},
        {kTlsServer, with("'*.example.net'"), ""},
    };
    for (const Row& row : rows) {
        INFO(row.server << " and " << row.client);
        const auto server = fixture.load(row.server);
        const auto client = fixture.load(row.client);
        REQUIRE(server);
        REQUIRE(client);
        CHECK(method_between(server.value().tunnels[0].ike, client.value().tunnels[0].ike) == row.method);
    }
}

TEST_CASE("Another server of EAP, or order of methods, is another tunnel") {
    const Fixture fixture;
    const auto print = [&](const std::string& auth) { return fixture.load(auth).value().tunnels[0].fingerprint; };
    const std::string named = kTlsClient.substr(0, kTlsClient.size() - 1) + ", aaa_id: radius.example.org}";
    CHECK(print(kTlsClient) == print(kTlsClient));
    CHECK(print(named) != print(kTlsClient));
    const std::string rest = ", certificate: gw.pem, key: gw.key, ca: ca.pem, users_file: users.yaml}";
    CHECK(print("{eap: [tls, mschapv2]" + rest) != print("{eap: [mschapv2, tls]" + rest));
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
        {kTlsServer, "none"},
        {kTlsClient, "none"},
        {"{eap: tls, certificate: gw.pem, key: gw.key, ca: ca.pem, users_file: users.yaml}", "none"},
        {"{eap: tls, ca: ca.pem}", "5:5: auth.key is missing; with eap the responder"},
        {"{eap: [tls, mschapv2], certificate: gw.pem, key: gw.key, ca: ca.pem}", "5:5: auth.users_file is missing"},
        {"{eap: tls, certificate: gw.pem, key: gw.key, ca: ca.pem, aaa_id: x.example.org}",
         "5:76: auth.aaa_id: is of the side that has a user"},
        {"{eap: tls, ca: ca.pem, user: alice}", "5:5: auth.key is missing; with tls the user proves itself"},
        {"{eap: tls, certificate: gw.pem, key: gw.key, ca: ca.pem, user: alice}",
         "5:35: auth.certificate: CN=gw.example.org,O=Example is not that of auth.user 'alice', but that of "
         "'gw.example.org'"},
        {"{eap: tls, certificate: gw.pem, key: alice.key, ca: ca.pem, user: alice}",
         "5:35: auth.certificate: CN=gw.example.org,O=Example is of another key"},
        {"{eap: tls, certificate: alice.pem, key: alice.key, user: alice}", "5:5: auth.ca is missing"},
        {"{eap: tls, certificate: gw-ike.pem, key: gw-ike.key, ca: ca.pem}",
         "5:35: auth.certificate: CN=gw.example.org,O=Example is not meant for a TLS server"},
        {"{eap: tls, certificate: alice-server.pem, key: alice-server.key, ca: ca.pem, user: alice}",
         "5:35: auth.certificate: CN=alice,O=Example is not meant for a TLS client"},
        {"{eap: tls, certificate: alice.pem, key: alice.key, ca: ca.pem, user: alice, password_file: password}",
         "5:102: auth.password_file: is for mschapv2, which eap does not list"},
        {"{eap: [tls, mschapv2], certificate: alice.pem, key: alice.key, ca: ca.pem, user: alice}",
         "5:5: auth.password_file is missing"},
        {"{eap: mschapv2, certificate: alice.pem, ca: ca.pem, user: alice, password_file: password}",
         "5:40: auth.certificate: is for tls, which eap does not list"},
        {"{eap: mschapv2, aaa_id: x.example.org, ca: ca.pem, user: alice, password_file: password}",
         "5:35: auth.aaa_id: is for tls, which eap does not list"},
        {"{eap: tls, certificate: alice.pem, key: alice.key, ca: ca.pem, user: alice, aaa_id: any}",
         "5:95: auth.aaa_id: any is not accepted"},
        {"{eap: tls, certificate: alice.pem, key: alice.key, ca: ca.pem, user: alice, aaa_id: 'a b'}",
         "5:95: auth.aaa_id: 'a b' is not an identity"},
        {"{aaa_id: x.example.org, psk: x}", "5:20: auth.aaa_id: is for eap, which is not there"},
    };
    for (const auto& [auth, expected] : cases) {
        INFO(auth);
        CHECK(fixture.problem(auth).substr(0, expected.size()) == expected);
    }
}

TEST_CASE("A peer of any name needs the name of its server of EAP") {
    const Fixture fixture;
    const auto load = [&](const std::string& more) {
        return load_text(
            "tunnels:\n  a:\n    local: {address: 192.0.2.1, subnets: [10.1.0.0/16]}\n"
            "    remote: {address: 192.0.2.2, id: any, subnets: [10.2.0.0/16]}\n"
            "    auth: " +
                kTlsClient.substr(0, kTlsClient.size() - 1) + more + "}\n",
            "f", fixture.files.path());
    };
    const auto refused = load("");
    REQUIRE_FALSE(refused);
    CHECK(refused.error()[0].to_string().find("auth.aaa_id is missing; remote.id is any") != std::string::npos);
    CHECK(load(", aaa_id: gw.example.org"));
}

}  // namespace
}  // namespace esplane::config
