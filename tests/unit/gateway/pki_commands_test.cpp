// esplane pki: what it writes, with which rights, and that it is fit to be trusted.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/private_key_file.h"
#include "crypto/trust.h"
#include "tests/unit/gateway/program.h"

namespace esplane {
namespace {

using Catch::Contains;
using gateway::test::esplane;
using gateway::test::Outcome;

class Folder {
  public:
    Folder() {
        std::string pattern = std::filesystem::temp_directory_path() / "esplane-pki-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

unsigned rights(const std::string& path) {
    struct stat about {};
    REQUIRE(stat(path.c_str(), &about) == 0);
    return about.st_mode & 07777U;
}

crypto::Certificate certificate(const std::string& path) {
    return crypto::Certificate::from_pem(content(path)).value().front();
}

/// By the CA and the CRL in `ca`, at this moment.
std::string strict_verdict(const std::string& leaf, const std::string& ca) {
    auto trust = crypto::TrustStore::of({certificate(ca + "/ca.crt")}).value();
    trust.add_crls(crypto::Crl::parse(as_bytes(content(ca + "/ca.crl"))).value());
    const auto verdict = trust.verify({.leaf = certificate(leaf),
                                       .intermediates = {},
                                       .now = std::chrono::system_clock::now(),
                                       .revocation = crypto::RevocationPolicy::kStrict});
    return verdict ? "trusted" : std::string(name(verdict.error().code));
}

void check_done(const Outcome& outcome) {
    INFO(outcome.out);
    REQUIRE(outcome.code == 0);
}

TEST_CASE("pki makes a CA and a gateway that is trusted until it is revoked") {
    const Folder folder;
    const std::string ca = folder / "ca";
    const std::string base = folder / "gw/gw.example.org";
    check_done(esplane({"pki", "ca", "--name", "Example CA", "--out", ca}));
    const Outcome made = esplane({"pki", "gateway", "--ca", ca, "--id", "gw.example.org", "--id", "192.0.2.1", "--out",
                                  folder / "gw", "--key", "ecdsa384", "--days", "10"});
    check_done(made);
    CHECK_THAT(made.out, Contains("local: {id: \"gw.example.org\"}") &&
                             Contains("{certificate: " + base + ".crt, key: " + base + ".key, ca: " + ca + "/ca.crt}"));
    CHECK_THAT(made.out, !Contains("PRIVATE KEY"));
    for (const std::string& key : {ca + "/ca.key", base + ".key"}) {
        CHECK(rights(key) == 0600);
    }
    for (const std::string& open : {ca + "/ca.crt", ca + "/ca.crl", base + ".crt"}) {
        CHECK(rights(open) == 0644);
    }
    const auto gateway = certificate(base + ".crt");
    CHECK(gateway.identity_fits(crypto::parse_identity("gw.example.org")));
    CHECK(gateway.identity_fits(crypto::parse_identity("192.0.2.1")));
    CHECK(gateway.public_key()->kind() == crypto::KeyKind::kP384);
    CHECK(gateway.not_after() < std::chrono::system_clock::now() + std::chrono::hours(24 * 10 + 1));
    const auto key = crypto::credential_from_pem(content(base + ".key"));
    REQUIRE(key.ok());
    CHECK(same_key(key->key.public_key(), *gateway.public_key()));
    CHECK(strict_verdict(base + ".crt", ca) == "trusted");

    check_done(esplane({"pki", "revoke", "--ca", ca}));
    CHECK(strict_verdict(base + ".crt", ca) == "trusted");
    const Outcome revoked = esplane({"pki", "revoke", "--ca", ca, base + ".crt"});
    check_done(revoked);
    CHECK_THAT(revoked.out, Contains("CN=gw.example.org"));
    CHECK(rights(ca + "/ca.crl") == 0644);
    CHECK(strict_verdict(base + ".crt", ca) == "revoked");
    check_done(esplane({"pki", "revoke", "--ca", ca}));
    CHECK(strict_verdict(base + ".crt", ca) == "revoked");
    CHECK_THAT(esplane({"pki", "revoke", "--ca", ca, base + ".crt"}).out, Contains("revoked before"));
}

TEST_CASE("pki makes a request and signs it, without the key leaving its place") {
    const Folder folder;
    const std::string ca = folder / "ca";
    check_done(esplane({"pki", "ca", "--name", "Example CA", "--out", ca, "--key", "ed25519"}));
    check_done(esplane({"pki", "request", "--id", "2001:db8::1", "--id", "b.example.org", "--out", folder / "b"}));
    const std::string base = folder / "b/2001_db8__1";  // colons do not go into names of files
    CHECK(rights(base + ".key") == 0600);
    const Outcome signed_now = esplane({"pki", "sign", "--ca", ca, base + ".csr"});
    check_done(signed_now);
    CHECK_THAT(signed_now.out, Contains("certificate of 2001:db8::1, b.example.org"));
    CHECK(strict_verdict(base + ".crt", ca) == "trusted");
    const auto key = crypto::credential_from_pem(content(base + ".key"));
    CHECK(same_key(key->key.public_key(), *certificate(base + ".crt").public_key()));
}

TEST_CASE("pki overwrites nothing, and writes nothing when it fails") {
    const Folder folder;
    const std::string ca = folder / "ca";
    check_done(esplane({"pki", "ca", "--name", "Example CA", "--out", ca}));
    const std::string key = content(ca + "/ca.key");
    std::filesystem::remove(ca + "/ca.crt");  // so that another file is in the way than the first
    const Outcome again = esplane({"pki", "ca", "--name", "Another", "--out", ca});
    CHECK(again.code == 1);
    CHECK_THAT(again.out, Contains(ca + "/ca.key exists already"));
    CHECK(content(ca + "/ca.key") == key);

    std::ofstream(folder / "gw.crt") << "mine";
    const std::string other = folder / "other";
    check_done(esplane({"pki", "ca", "--name", "Other", "--out", other}));
    const Outcome gateway = esplane({"pki", "gateway", "--ca", other, "--id", "gw", "--out", folder / ""});
    CHECK(gateway.code == 1);
    CHECK_THAT(gateway.out, Contains("gw.crt exists already"));
    CHECK(content(folder / "gw.crt") == "mine");
    CHECK_FALSE(std::filesystem::exists(folder / "gw.key"));  // it was written first, and is gone again
}

TEST_CASE("pki says why not") {
    const Folder folder;
    const std::string ca = folder / "ca";
    const std::string other = folder / "other";
    check_done(esplane({"pki", "ca", "--name", "Example CA", "--out", ca, "--days", "30"}));
    check_done(esplane({"pki", "ca", "--name", "Other", "--out", other}));
    std::filesystem::create_directory(folder / "mixed");
    std::filesystem::copy(ca + "/ca.crt", folder / "mixed/ca.crt");
    std::filesystem::copy(other + "/ca.key", folder / "mixed/ca.key");
    const auto gateway = [&](const std::string& in, const std::string& id) -> std::vector<std::string> {
        return {"pki", "gateway", "--ca", in, "--id", id, "--out", folder / "gw", "--days", "20"};
    };
    auto longer = gateway(ca, "gw");
    longer.back() = "31";
    struct Row {
        std::vector<std::string> arguments;
        const char* reason;
    };
    const Row rows[] = {
        {gateway(folder / "nowhere", "gw"), "ca.crt: No such file"},
        {gateway(folder / "mixed", "gw"), "ca.key is not its key"},
        {gateway(ca, "*.example.org"), "is no identity"},
        {gateway(ca, ""), "an identity is empty"},
        {longer, "outlive its CA"},
        {{"pki", "ca", "--name", std::string(65, 'x'), "--out", folder / "long"}, "65 octets"},
        {{"pki", "sign", "--ca", ca, ca + "/ca.crt"}, "not one request"},
        {{"pki", "sign", "--ca", ca, ca}, "is no regular file"},
        {{"pki", "revoke", "--ca", ca, other + "/ca.crt"}, "is not one of CN=Example CA"},
        {{"pki", "ca", "--name", "x", "--out", "/proc/nowhere"}, "cannot"},
    };
    for (const Row& row : rows) {
        const Outcome outcome = esplane(row.arguments);
        INFO(outcome.out);
        CHECK(outcome.code == 1);
        CHECK_THAT(outcome.out, Catch::StartsWith("esplane: ") && Contains(row.reason));
    }
    CHECK_FALSE(std::filesystem::exists(folder / "gw"));
    CHECK_FALSE(std::filesystem::exists(folder / "long"));
}

TEST_CASE("An identity never leads out of the folder") {
    const Folder folder;
    check_done(esplane({"pki", "request", "--id", "../../up", "--out", folder / "in"}));
    check_done(esplane({"pki", "request", "--id", ".hidden", "--out", folder / "in"}));
    CHECK(std::filesystem::exists(folder / "in/_._.._up.key"));
    CHECK(std::filesystem::exists(folder / "in/_hidden.key"));
}

TEST_CASE("pki has help everywhere") {
    for (const char* action : {"ca", "gateway", "request", "sign", "revoke"}) {
        const Outcome outcome = esplane({"pki", action, "--help"});
        CHECK(outcome.code == 0);
        CHECK_THAT(outcome.out, Contains("Usage: esplane pki " + std::string(action)));
    }
}

}  // namespace
}  // namespace esplane
