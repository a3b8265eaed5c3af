#include "crypto/certificate.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/openssl_x509.h"
#include "crypto/pem.h"
#include "crypto/prf.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::crypto {
namespace {

using Catch::Contains;
using test::kDay;
using test::kNow;
using test::make;
using test::Wish;

Identity text(IdentityKind kind, const std::string& value) {
    return {kind, to_bytes(as_bytes(value))};
}

Certificate with_names(const std::string& names) {
    return make({.subject = {{"CN", "gw"}}, .extensions = {{"subjectAltName", names}}}).certificate;
}

/// A certificate with one dNSName of these octets, zeros included, which OpenSSL's configuration cannot say.
Certificate with_dns_octets(const std::string& octets) {
    const Certificate plain = make({.subject = {{"CN", "gw"}}}).certificate;
    const test::SharedKey key = test::make_key("P-256");
    const GeneralNames names(sk_GENERAL_NAME_new_null());
    GENERAL_NAME* name = GENERAL_NAME_new();
    ASN1_IA5STRING* value = ASN1_IA5STRING_new();
    REQUIRE(ASN1_STRING_set(value, octets.data(), static_cast<int>(octets.size())) == 1);
    GENERAL_NAME_set0_value(name, GEN_DNS, value);
    REQUIRE(sk_GENERAL_NAME_push(names.get(), name) == 1);
    const X509Handle copy(X509_dup(plain.handle()));
    REQUIRE(X509_add1_ext_i2d(copy.get(), NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1);
    REQUIRE(X509_sign(copy.get(), key.get(), EVP_sha256()) > 0);
    return Certificate::from_der(to_der<i2d_X509>(copy.get())).value();
}

TEST_CASE("A certificate is read from DER and PEM, and is what it was") {
    const auto ca = make(test::ca_wish("CA"));
    const auto made = make(test::leaf_wish("gw.example.org"), &ca);
    const Certificate& certificate = made.certificate;
    CHECK(certificate.subject() == "CN=gw.example.org,O=Example");
    CHECK(certificate.issuer() == "CN=CA,O=Example");
    CHECK(certificate.issuer_der() == ca.certificate.subject_der());
    CHECK(certificate.not_before() == kNow - kDay);
    CHECK(certificate.not_after() == kNow + 30 * kDay);
    CHECK_FALSE(certificate.is_ca());
    CHECK(ca.certificate.is_ca());
    CHECK_FALSE(certificate.is_self_signed());
    CHECK(ca.certificate.is_self_signed());
    CHECK_FALSE(test::with_altered_signature(ca.certificate).is_self_signed());
    CHECK(certificate.fingerprint().size() == 64);
    CHECK_FALSE(certificate.serial().empty());
    CHECK(certificate.public_key()->kind() == KeyKind::kP256);
    CHECK(same_key(*certificate.public_key(), *PublicKey::of(made.key)));

    const auto both = Certificate::from_pem("of no interest\n" + certificate.pem() + "\n" + ca.certificate.pem());
    REQUIRE(both.ok());
    REQUIRE(both->size() == 2);
    CHECK(both->at(0).der() == certificate.der());
    CHECK(both->at(1).der() == ca.certificate.der());
}

TEST_CASE("key_hash is SHA-1 of the SubjectPublicKeyInfo") {
    const auto made = make(test::ca_wish("CA"));
    CHECK(made.certificate.key_hash() == sha1({to_der<i2d_PUBKEY>(made.key.get())}));
}

TEST_CASE("Octets that are no certificate, or not just one, are refused") {
    const Bytes der = make(test::leaf_wish("gw")).certificate.der();
    Bytes longer = der;
    longer.push_back(0);
    Bytes indefinite{0x30, 0x80};  // BER: the outer length left open
    append(indefinite, ByteView(der).subspan(4));
    append(indefinite, Bytes{0, 0});
    CHECK_FALSE(Certificate::from_der({}).ok());
    CHECK_FALSE(Certificate::from_der(as_bytes("certificate")).ok());
    CHECK_FALSE(Certificate::from_der(longer).ok());
    CHECK_FALSE(Certificate::from_der(indefinite).ok());
    for (std::size_t length = 0; length < der.size(); ++length) {
        REQUIRE_FALSE(Certificate::from_der(ByteView(der).first(length)).ok());
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("PEM without certificates, or with a damaged one, is refused") {
    const std::string good = make(test::leaf_wish("gw")).certificate.pem();
    CHECK_THAT(Certificate::from_pem("").error(), Contains("there is no certificate"));
    CHECK_THAT(Certificate::from_pem("hello").error(), Contains("there is no certificate"));
    CHECK_THAT(Certificate::from_pem(to_pem("X509 CRL", Bytes{1})).error(), Contains("there is no certificate"));
    CHECK_THAT(Certificate::from_pem(good + to_pem("CERTIFICATE", Bytes{1})).error(), Contains("certificate 2"));
    CHECK_THAT(Certificate::from_pem(good + good.substr(0, good.size() / 2)).error(), Contains("block 2"));
    std::string altered = good;
    altered[100] = '!';
    CHECK_FALSE(Certificate::from_pem(altered).ok());
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("A damaged certificate never brings the reader down") {
    const Bytes der = make(test::leaf_wish("gw")).certificate.der();
    for (std::size_t i = 0; i < der.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            Bytes altered = der;
            altered[i] = static_cast<std::uint8_t>(altered[i] ^ flip);
            const auto read = Certificate::from_der(altered);
            if (!read) continue;
            CHECK(read->der() == altered);
            const std::string text = read->subject() + read->issuer() + read->serial();
            CHECK(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }));
            (void)read->alternative_names();
            (void)read->public_key();
            (void)read->is_ca();
        }
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("Names are one line of printable ASCII, whatever they hold") {
    struct Row {
        std::string name;
        const char* printed;
    };
    const Row rows[] = {
        {"gw", "CN=gw"},
        {"a,b+c\"d\\e", R"(CN=a\,b\+c\"d\\e)"},
        {"line\nfeed \x1b[31m", "CN=line\\0Afeed \\1B[31m"},
        {"M\xc3\xbcller", "CN=M\\C3\\BCller"},
        {std::string("nul\0l", 5), "CN=nul\\00l"},
    };
    for (const Row& row : rows) {
        INFO(row.printed);
        CHECK(make({.subject = {{"CN", row.name}}}).certificate.subject() == row.printed);
    }
    CHECK(make({}).certificate.subject() == "<no name>");
    Wish many;
    for (int i = 0; i < 20; ++i) {
        many.subject.emplace_back("OU", std::string(60, 'x'));
    }
    CHECK(make(many).certificate.subject().size() == 403);
}

TEST_CASE("The alternative names are those that IKE has a kind for") {
    const auto names = with_names(
                           "DNS:gw.example.org,email:ops@example.org,IP:192.0.2.1,IP:2001:db8::1,URI:http://x,"
                           "DNS:*.example.org,RID:1.2.3.4")
                           .alternative_names();
    const std::vector<std::string> expected{"gw.example.org", "ops@example.org", "192.0.2.1", "2001:db8::1"};
    CHECK(std::ranges::equal(names, expected, {}, [](const Identity& name) { return to_text(name); }));
    CHECK(make({.subject = {{"CN", "gw"}}}).certificate.alternative_names().empty());
}

TEST_CASE("An identity fits when the certificate holds it, in its own kind") {
    const Certificate certificate =
        with_names("DNS:GW.example.org,email:ops@example.org,IP:192.0.2.1,IP:2001:db8::1,DNS:*.wild.org,DNS:10.0.0.1");
    const Certificate other = make({.subject = {{"CN", "GW"}}}).certificate;
    const Certificate two_parts = make(test::leaf_wish("gw")).certificate;
    struct Row {
        const char* what;
        Identity identity;
        bool fits;
    };
    const Row rows[] = {
        {"a name", text(IdentityKind::kFqdn, "gw.example.org"), true},
        {"a name in capitals", text(IdentityKind::kFqdn, "gw.EXAMPLE.org"), true},
        {"a longer name", text(IdentityKind::kFqdn, "gw.example.org.evil.org"), false},
        {"a shorter name", text(IdentityKind::kFqdn, "example.org"), false},
        {"a zero behind", text(IdentityKind::kFqdn, std::string("gw.example.org\0", 15)), false},
        {"no name", text(IdentityKind::kFqdn, ""), false},
        {"the common name is no name", text(IdentityKind::kFqdn, "gw"), false},
        {"what a wildcard would cover", text(IdentityKind::kFqdn, "a.wild.org"), false},
        {"the wildcard itself", text(IdentityKind::kFqdn, "*.wild.org"), false},
        {"a name as e-mail", text(IdentityKind::kEmail, "gw.example.org"), false},
        {"e-mail", text(IdentityKind::kEmail, "Ops@example.ORG"), true},
        {"e-mail as a name", text(IdentityKind::kFqdn, "ops@example.org"), false},
        {"IPv4", {IdentityKind::kIpv4, {192, 0, 2, 1}}, true},
        {"another IPv4", {IdentityKind::kIpv4, {192, 0, 2, 2}}, false},
        {"an address that stands as a name", {IdentityKind::kIpv4, {10, 0, 0, 1}}, false},
        {"IPv6", parse_identity("2001:db8::1"), true},
        {"another IPv6", parse_identity("2001:db8::2"), false},
        {"the subject", {IdentityKind::kDistinguishedName, certificate.subject_der()}, true},
        {"the subject in capitals", {IdentityKind::kDistinguishedName, other.subject_der()}, true},
        {"another subject", {IdentityKind::kDistinguishedName, two_parts.subject_der()}, false},
        {"an empty subject", {IdentityKind::kDistinguishedName, {0x30, 0x00}}, false},
        {"no DER", {IdentityKind::kDistinguishedName, {0x30}}, false},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        CHECK(certificate.identity_fits(row.identity) == row.fits);
    }
    CHECK_FALSE(make({}).certificate.identity_fits({IdentityKind::kDistinguishedName, {0x30, 0x00}}));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("A name with a zero, a blank or other than ASCII inside is nobody's") {
    for (const std::string& octets : {std::string("gw.org\0.evil.org", 16), std::string("gw.org\0", 7),
                                      std::string("gw .org"), std::string("g\xc3\xbc.org"), std::string()}) {
        INFO(to_hex(as_bytes(octets)));
        const Certificate certificate = with_dns_octets(octets);
        CHECK(certificate.alternative_names().empty());
        CHECK_FALSE(certificate.identity_fits(text(IdentityKind::kFqdn, octets)));
        CHECK_FALSE(certificate.identity_fits(text(IdentityKind::kFqdn, "gw.org")));
    }
    CHECK(with_dns_octets("gw.org").identity_fits(text(IdentityKind::kFqdn, "gw.org")));
}

TEST_CASE("The key of a certificate must be strong and known") {
    for (const char* kind : {"RSA-1024", "secp256k1"}) {
        INFO(kind);
        CHECK_FALSE(make({.subject = {{"CN", "gw"}}, .key = kind}).certificate.public_key().ok());
    }
    CHECK(make({.subject = {{"CN", "gw"}}, .key = "RSA-2048"}).certificate.public_key()->bits() == 2048);
    CHECK(make({.subject = {{"CN", "gw"}}, .key = "ED25519"}).certificate.public_key()->kind() == KeyKind::kEd25519);
}

TEST_CASE("Times beyond the year 2262 are read") {
    const auto far = std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(9999) / 12 / 31));
    Wish wish = test::leaf_wish("gw");
    wish.to = far;
    CHECK(make(wish).certificate.not_after() == far);
}

TEST_CASE("Identities are parsed by what they look like, and printed safely") {
    CHECK(parse_identity("192.0.2.1") == Identity{IdentityKind::kIpv4, {192, 0, 2, 1}});
    CHECK(parse_identity("::1").kind == IdentityKind::kIpv6);
    CHECK(parse_identity("gw.example.org") == text(IdentityKind::kFqdn, "gw.example.org"));
    CHECK(parse_identity("ops@example.org").kind == IdentityKind::kEmail);
    CHECK(to_text(text(IdentityKind::kFqdn, "a\n\\\x1b")) == "a\\x0a\\x5c\\x1b");
    CHECK(to_text(Identity{IdentityKind::kIpv4, {1, 2}}) == "0102");
    CHECK(to_text(Identity{IdentityKind::kDistinguishedName, {1, 2}}) == "<not a name>");
    const Certificate certificate = make(test::leaf_wish("gw")).certificate;
    CHECK(to_text(Identity{IdentityKind::kDistinguishedName, certificate.subject_der()}) == "CN=gw,O=Example");
}

}  // namespace
}  // namespace esplane::crypto
