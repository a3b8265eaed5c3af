// Chains: each row has one thing wrong with it, and the first row has nothing.
#include "crypto/trust.h"

#include <catch2/catch.hpp>
#include <functional>

#include "crypto/openssl.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::crypto {
namespace {

using Catch::Contains;
using Code = CertificateFault::Code;
using test::ca_wish;
using test::kDay;
using test::kNow;
using test::leaf_wish;
using test::Made;
using test::make;
using test::Wish;

void set_extension(Wish& wish, const char* field, const char* value) {
    std::erase_if(wish.extensions, [&](const auto& held) { return std::string_view(held.first) == field; });
    if (value != nullptr) wish.extensions.emplace_back(field, value);
}

std::function<void(Wish&)> having(const char* field, const char* value) {
    return [=](Wish& wish) { set_extension(wish, field, value); };
}

Result<void, CertificateFault> verify(const TrustStore& trust, const Certificate& leaf,
                                      const std::vector<Certificate>& intermediates,
                                      std::chrono::sys_seconds now = kNow) {
    return trust.verify(
        {.leaf = leaf, .intermediates = intermediates, .now = now, .revocation = RevocationPolicy::kOff});
}

TrustStore trusting(const std::vector<Certificate>& cas) {
    return TrustStore::of(cas).value();
}

void check_fault(const Result<void, CertificateFault>& verdict, std::optional<Code> expected, const char* subject) {
    if (!verdict) UNSCOPED_INFO(name(verdict.error().code) << ": " << verdict.error().message);
    REQUIRE(verdict.ok() == !expected.has_value());
    if (!expected) return;
    CHECK(verdict.error().code == *expected);
    CHECK_THAT(verdict.error().message, Contains(std::string("the certificate of CN=") + subject));
    CHECK(ERR_peek_error() == 0);
}

using Change = std::function<void(Wish&)>;

/// Root - intermediate - leaf, each made as one likes; `expected` empty: it is trusted.
struct ChainRow {
    const char* what;
    Change root;
    Change intermediate;
    Change leaf;
    std::optional<Code> expected;
    const char* subject = "gw";  ///< whose fault it is
};

TEST_CASE("A chain is trusted when nothing is wrong with any part of it") {
    const auto expired = [](Wish& wish) { wish.to = kNow - kDay / 2; };
    const auto future = [](Wish& wish) { wish.from = kNow + kDay / 2; };
    const auto sha1 = [](Wish& wish) { wish.hash = "SHA1"; };
    const auto keyed = [](const char* kind) { return [=](Wish& wish) { wish.key = kind; }; };
    const ChainRow rows[] = {
        {"nothing wrong", {}, {}, {}, {}},
        {"RSA", keyed("RSA-2048"), keyed("RSA-2048"), keyed("RSA-2048"), {}},
        {"P-384 and Ed25519", keyed("P-384"), keyed("P-521"), keyed("ED25519"), {}},
        {"leaf expired", {}, {}, expired, Code::kExpired},
        {"intermediate expired", {}, expired, {}, Code::kExpired, "Sub"},
        {"root expired", expired, {}, {}, Code::kExpired, "Root"},
        {"leaf not yet valid", {}, {}, future, Code::kNotYetValid},
        {"intermediate not yet valid", {}, future, {}, Code::kNotYetValid, "Sub"},
        {"intermediate is no CA", {}, having("basicConstraints", "critical,CA:FALSE"), {}, Code::kWrongUsage, "Sub"},
        {"intermediate without basicConstraints",
         {},
         having("basicConstraints", nullptr),
         {},
         Code::kWrongUsage,
         "Sub"},
        {"intermediate may not sign certificates",
         {},
         having("keyUsage", "critical,cRLSign"),
         {},
         Code::kWrongUsage,
         "Sub"},
        {"leaf for key agreement", {}, {}, having("keyUsage", "critical,keyAgreement"), Code::kWrongUsage},
        {"leaf for encryption, not critical", {}, {}, having("keyUsage", "keyEncipherment"), Code::kWrongUsage},
        {"leaf with nonRepudiation", {}, {}, having("keyUsage", "nonRepudiation"), {}},
        {"leaf without keyUsage", {}, {}, having("keyUsage", nullptr), {}},
        {"leaf without extendedKeyUsage", {}, {}, having("extendedKeyUsage", nullptr), {}},
        {"leaf for TLS servers", {}, {}, having("extendedKeyUsage", "serverAuth"), {}},
        {"leaf for TLS clients and code", {}, {}, having("extendedKeyUsage", "codeSigning,clientAuth"), {}},
        {"leaf for anything", {}, {}, having("extendedKeyUsage", "anyExtendedKeyUsage"), {}},
        {"leaf for code", {}, {}, having("extendedKeyUsage", "codeSigning"), Code::kWrongUsage},
        {"leaf for e-mail, critical",
         {},
         {},
         having("extendedKeyUsage", "critical,emailProtection"),
         Code::kWrongUsage},
        {"intermediate for code", {}, having("extendedKeyUsage", "codeSigning"), {}, Code::kWrongUsage, "Sub"},
        {"path length of the root exceeded",
         having("basicConstraints", "critical,CA:TRUE,pathlen:0"),
         {},
         {},
         Code::kPathTooLong,
         "Root"},
        {"path length of the intermediate kept", {}, having("basicConstraints", "critical,CA:TRUE,pathlen:0"), {}, {}},
        {"name permitted", {}, having("nameConstraints", "critical,permitted;DNS:gw"), {}, {}},
        {"name not permitted",
         {},
         having("nameConstraints", "critical,permitted;DNS:example.org"),
         {},
         Code::kNameConstraint},
        {"name excluded by the root",
         having("nameConstraints", "critical,excluded;DNS:gw"),
         {},
         {},
         Code::kNameConstraint},
        {"leaf signed with SHA-1", {}, {}, sha1, Code::kWeakSignature},
        {"intermediate signed with SHA-1", {}, sha1, {}, Code::kWeakSignature, "Sub"},
        {"root signed with SHA-1, by itself: it is trusted as it is", sha1, {}, {}, {}},
        {"leaf with a weak key", {}, {}, keyed("RSA-1024"), Code::kWeakKey},
        {"leaf on a curve that we lack", {}, {}, keyed("secp256k1"), Code::kWeakKey},
        {"intermediate with a weak key", {}, keyed("RSA-1024"), {}, Code::kWeakKey, "Sub"},
        {"root with a weak key", keyed("RSA-1024"), {}, {}, Code::kWeakKey, "Root"},
        {"leaf with an unknown critical extension", {}, {}, having("1.2.3.4", "critical,DER:0500"), Code::kOther},
    };
    for (const ChainRow& row : rows) {
        INFO(row.what);
        Wish root_wish = ca_wish("Root");
        Wish sub_wish = ca_wish("Sub");
        Wish leaf = leaf_wish("gw");
        if (row.root) row.root(root_wish);
        if (row.intermediate) row.intermediate(sub_wish);
        if (row.leaf) row.leaf(leaf);
        const Made root = make(root_wish);
        const Made sub = make(sub_wish, &root);
        const Made gateway = make(leaf, &sub);
        check_fault(verify(trusting({root.certificate}), gateway.certificate, {sub.certificate}), row.expected,
                    row.subject);
    }
}

TEST_CASE("The time is the caller's") {
    const Made root = make(ca_wish("Root"));
    const Made gateway = make(leaf_wish("gw"), &root);
    const TrustStore trust = trusting({root.certificate});
    check_fault(verify(trust, gateway.certificate, {}), {}, "gw");
    check_fault(verify(trust, gateway.certificate, {}, kNow + 31 * kDay), Code::kExpired, "gw");
    check_fault(verify(trust, gateway.certificate, {}, kNow - 2 * kDay), Code::kNotYetValid, "Root");
}

TEST_CASE("Who has not been trusted is not, whatever the name") {
    const Made root = make(ca_wish("Root"));
    const Made namesake = make(ca_wish("Root"));
    const Made stranger = make(ca_wish("Stranger"));
    const Made sub = make(ca_wish("Sub"), &root);
    const Made gateway = make(leaf_wish("gw"), &root);
    const Made deep = make(leaf_wish("gw"), &sub);
    const Made alone = make(leaf_wish("gw"));
    Wish identified = leaf_wish("gw");
    identified.extensions.emplace_back("authorityKeyIdentifier", "keyid:always");
    const Made of_namesake = make(identified, &namesake);
    struct Row {
        const char* what;
        Certificate trusted;
        Certificate leaf;
        std::vector<Certificate> sent;
        std::optional<Code> expected;
        const char* subject = "gw";
    };
    const Row rows[] = {
        {"the CA itself", root.certificate, gateway.certificate, {}, {}},
        {"the CA is sent along", root.certificate, gateway.certificate, {root.certificate}, {}},
        {"another CA", stranger.certificate, gateway.certificate, {}, Code::kUnknownCa},
        {"another CA, and the stranger's is sent",
         stranger.certificate,
         gateway.certificate,
         {root.certificate},
         Code::kUnknownCa,
         "Root"},
        {"a CA of the same name, another key", root.certificate, of_namesake.certificate, {}, Code::kUnknownCa},
        {"the same without a key identifier", namesake.certificate, gateway.certificate, {}, Code::kBadSignature},
        {"the intermediate is missing", root.certificate, deep.certificate, {}, Code::kUnknownCa},
        {"the intermediate among others, in any order",
         root.certificate,
         deep.certificate,
         {stranger.certificate, gateway.certificate, sub.certificate},
         {}},
        {"only the intermediate is trusted", sub.certificate, deep.certificate, {}, {}},
        {"signed by itself", root.certificate, alone.certificate, {}, Code::kSelfSigned},
        {"an altered signature",
         root.certificate,
         test::with_altered_signature(gateway.certificate),
         {},
         Code::kBadSignature},
        {"an altered intermediate",
         root.certificate,
         deep.certificate,
         {test::with_altered_signature(sub.certificate)},
         Code::kBadSignature,
         "Sub"},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        check_fault(verify(trusting({row.trusted}), row.leaf, row.sent), row.expected, row.subject);
    }
    check_fault(verify(trusting({stranger.certificate, root.certificate}), gateway.certificate, {}), {}, "gw");
}

TEST_CASE("A leaf that issues certificates is no CA") {
    const Made root = make(ca_wish("Root"));
    const Made gateway = make(leaf_wish("gw"), &root);
    const Made forged = make(leaf_wish("forged"), &gateway);
    const auto verdict = verify(trusting({root.certificate}), forged.certificate, {gateway.certificate});
    check_fault(verdict, Code::kWrongUsage, "gw");
}

TEST_CASE("Five intermediates are enough") {
    const Made root = make(ca_wish("Root"));
    for (const int count : {5, 6}) {
        INFO(count << " intermediates");
        std::vector<Certificate> sent;
        Made last = root;
        for (int i = 0; i < count; ++i) {
            last = make(ca_wish("Sub " + std::to_string(i)), &last);
            sent.push_back(last.certificate);
        }
        const Made gateway = make(leaf_wish("gw"), &last);
        const auto verdict = verify(trusting({root.certificate}), gateway.certificate, sent);
        CHECK(verdict.ok() == (count == 5));
        if (!verdict) CHECK(verdict.error().code == Code::kPathTooLong);
    }
}

TEST_CASE("Only CAs can be trusted, and at least one") {
    CHECK_FALSE(TrustStore::of({}).ok());
    const auto refused = TrustStore::of({make(ca_wish("Root")).certificate, make(leaf_wish("gw")).certificate});
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(refused.error(), Contains("CN=gw,O=Example is no CA"));
}

TEST_CASE("The message is printable, whatever the certificate holds") {
    const Made root = make(ca_wish("Root"));
    Wish wish = leaf_wish("gw");
    wish.subject = {{"CN", "evil\n\x1b[2J"}};
    const auto verdict = verify(trusting({root.certificate}), make(wish).certificate, {});
    REQUIRE_FALSE(verdict.ok());
    CHECK_THAT(verdict.error().message, Contains("CN=evil\\0A\\1B[2J (serial "));
}

TEST_CASE("Every fault has a name of its own") {
    std::vector<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Code::kOther); ++code) {
        const std::string_view called = name(static_cast<Code>(code));
        CHECK(std::find(names.begin(), names.end(), called) == names.end());
        names.push_back(called);
    }
    CHECK(name(Code::kExpired) == "expired");
    CHECK(name(Code::kRevocationUnknown) == "revocation_unknown");
    CHECK(name(Code::kOther) == "other");
}

}  // namespace
}  // namespace esplane::crypto
