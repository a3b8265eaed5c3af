// `auth` with certificates, from files of each form.
#include "config/certificates.h"

#include <catch2/catch.hpp>
#include <set>

#include "config/load.h"
#include "crypto/private_key_file.h"
#include "tests/unit/config/temporary_files.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::config {
namespace {

using crypto::test::Made;
using testing::Files;

const Made& authority() {
    static const Made made = crypto::test::make(crypto::test::ca_wish("Example CA"));
    return made;
}

const Made& gateway() {
    static const Made made = crypto::test::make(crypto::test::leaf_wish("gw.example.org"), &authority());
    return made;
}

std::string key_pem(const Made& made) {
    const crypto::Secret pem = crypto::to_pkcs8_pem(crypto::PrivateKey::of(made.key).value());
    return {reinterpret_cast<const char*>(pem.view().data()), pem.size()};
}

struct Fixture {
    Fixture() {
        files.write("gw.pem", gateway().certificate.pem());
        files.write("gw.key", key_pem(gateway()), 0600);
        files.write("ca.pem", authority().certificate.pem());
    }

    auto load(const std::string& auth, const std::string& id = "gw.example.org") const {
        return load_text("tunnels:\n  a:\n    local: {address: 192.0.2.1, id: " + id +
                             ", subnets: [10.1.0.0/16]}\n"
                             "    remote: {address: 192.0.2.2, subnets: [10.2.0.0/16]}\n"
                             "    auth: " +
                             auth + "\n",
                         "f", files.path());
    }
    std::string problem(const std::string& auth, const std::string& id = "gw.example.org") const {
        const auto loaded = load(auth, id);
        if (loaded) return "none";
        REQUIRE(loaded.error().size() == 1);
        return loaded.error()[0].to_string().substr(2);
    }

    Files files;
};

TEST_CASE("A certificate, its key and the authorities come from files beside the configuration") {
    const Fixture fixture;
    const auto loaded = fixture.load("{certificate: gw.pem, key: gw.key, ca: [ca.pem]}");
    REQUIRE(loaded);
    const ike::TunnelOptions& options = loaded.value().tunnels[0].ike;
    CHECK(options.psk == nullptr);
    REQUIRE(options.certificate != nullptr);
    CHECK(options.certificate->chain.size() == 1);
    CHECK(options.certificate->chain[0].der() == gateway().certificate.der());
    CHECK(options.certificate->trust->cas().size() == 1);
    CHECK(options.certificate->revocation == crypto::RevocationPolicy::kRelaxed);
}

TEST_CASE("Certificates behind the first are those that lead to the authority; a key's file may hold them all") {
    const Fixture fixture;
    fixture.files.write("all.pem", key_pem(gateway()) + gateway().certificate.pem() + authority().certificate.pem(),
                        0600);
    const auto loaded = fixture.load("{key: all.pem, ca: ca.pem, revocation: strict}");
    REQUIRE(loaded);
    const auto& certificate = *loaded.value().tunnels[0].ike.certificate;
    CHECK(certificate.chain.size() == 2);
    CHECK(certificate.revocation == crypto::RevocationPolicy::kStrict);
}

TEST_CASE(
    "A certificate of the tunnel's takes the place of a pre-shared key in defaults, and shares an authority there") {
    const Fixture fixture;
    const auto loaded = load_text(
        "defaults: {auth: {psk: secret, ca: ca.pem}}\ntunnels:\n  a:\n"
        "    local: {address: 192.0.2.1, id: gw.example.org, subnets: [10.1.0.0/16]}\n"
        "    remote: {address: 192.0.2.2, subnets: [10.2.0.0/16]}\n"
        "    auth: {certificate: gw.pem, key: gw.key}\n",
        "f", fixture.files.path());
    REQUIRE(loaded);
    CHECK(loaded.value().tunnels[0].ike.psk == nullptr);
    CHECK(loaded.value().tunnels[0].ike.certificate != nullptr);
}

TEST_CASE("The certificate's subject may be who we are, and is said as it stands there") {
    const Fixture fixture;
    for (const char* id : {"'O=Example, CN=gw.example.org'", "'CN=GW.example.org, O=example'"}) {
        const auto loaded = fixture.load("{certificate: gw.pem, key: gw.key, ca: ca.pem}", id);
        REQUIRE(loaded);
        CHECK(loaded.value().tunnels[0].ike.local_id.value == gateway().certificate.subject_der());
    }
    CHECK_THAT(fixture.problem("{certificate: gw.pem, key: gw.key, ca: ca.pem}", "'O=Example, CN=gw2'"),
               Catch::Contains("does not speak for local.id CN=gw2,O=Example"));
}

TEST_CASE("What does not belong together, or is open to others, is refused in words") {
    const Fixture fixture;
    const Made other = crypto::test::make(crypto::test::leaf_wish("gw.example.org"), &authority());
    fixture.files.write("other.key", key_pem(other), 0600);
    fixture.files.write("open.key", key_pem(gateway()), 0640);
    fixture.files.write("empty.pem", "");
    const std::string at = fixture.files.path() + '/';
    CHECK(fixture.problem("{certificate: gw.pem, key: gw.key}") ==
          "5:5: auth.ca is missing; write the file with the certificate of the authority that peers' are by");
    CHECK(fixture.problem("{certificate: gw.pem, key: other.key, ca: ca.pem}") ==
          "5:25: auth.certificate: CN=gw.example.org,O=Example is of another key than auth.key");
    CHECK(fixture.problem("{certificate: gw.pem, key: open.key, ca: ca.pem}") ==
          "5:38: auth.key: '" + at + "open.key' is open to others than its owner; chmod 600 " + at + "open.key");
    CHECK(fixture.problem("{certificate: gw.pem, key: gw.key, ca: ca.pem}", "gw2.example.org") ==
          "5:25: auth.certificate: CN=gw.example.org,O=Example does not speak for local.id gw2.example.org, only for "
          "gw.example.org");
    CHECK(fixture.problem("{key: gw.key, ca: ca.pem}") ==
          "5:5: auth.certificate is missing; write the file with the certificate of the key; the key's own file has "
          "none");
    CHECK_THAT(fixture.problem("{certificate: gw.pem, key: gw.key, ca: gw.pem}"), Catch::Contains("auth.ca: "));
    CHECK_THAT(fixture.problem("{certificate: empty.pem, key: gw.key, ca: ca.pem}"),
               Catch::Contains("auth.certificate: '"));
    CHECK_THAT(fixture.problem("{certificate: gw.pem, key: gw.key, ca: ca.pem, crl: ca.pem}"),
               Catch::Contains("auth.crl: '"));
    CHECK(fixture.problem("{certificate: gw.pem, key: gw.key, ca: ca.pem, revocation: maybe}") ==
          "5:70: auth.revocation: 'maybe' is not accepted; one of relaxed, strict, off");
}

TEST_CASE("Where the status of certificates comes from") {
    const Fixture fixture;
    const std::string files = "{certificate: gw.pem, key: gw.key, ca: ca.pem, ";
    const auto fetches = [&](const std::string& more) {
        return fixture.load(files + more).value().tunnels[0].ike.certificate->fetches_status;
    };
    CHECK_FALSE(fetches("revocation: strict}"));
    CHECK_FALSE(fetches("ocsp: stapled}"));
    CHECK(fetches("ocsp: fetch}"));
    CHECK(fetches("ocsp: fetch, revocation: strict}"));
    CHECK_THAT(fixture.problem(files + "ocsp: fetch, revocation: off}"),
               Catch::Contains("auth.ocsp: with revocation: off nobody wants to know; write relaxed or strict"));
    CHECK_THAT(fixture.problem(files + "ocsp: always}"),
               Catch::Contains("auth.ocsp: 'always' is not accepted; one of stapled, fetch"));
}

TEST_CASE("Another way to judge revocation is another configuration") {
    const Fixture fixture;
    std::set<std::string> prints;
    for (const char* more :
         {"", ", revocation: strict", ", revocation: off", ", ocsp: fetch", ", ocsp: fetch, revocation: strict"}) {
        const auto loaded = fixture.load("{certificate: gw.pem, key: gw.key, ca: ca.pem" + std::string(more) + "}");
        CHECK(prints.insert(loaded.value().tunnels[0].fingerprint).second);
    }
}

TEST_CASE("Another certificate, authority or list is another configuration; the same files are the same") {
    const Fixture fixture;
    const auto print = [&] {
        return fixture.load("{certificate: gw.pem, key: gw.key, ca: ca.pem}").value().tunnels[0].fingerprint;
    };
    const std::string before = print();
    CHECK(print() == before);
    fixture.files.write("ca.pem", crypto::test::make(crypto::test::ca_wish("Another CA")).certificate.pem());
    CHECK(print() != before);
}

}  // namespace
}  // namespace esplane::config
