// What we make is judged by what we trust, which is tested against OpenSSL's own work elsewhere.
#include "crypto/certificate_maker.h"

#include <catch2/catch.hpp>

#include "crypto/crl_maker.h"
#include "crypto/pem.h"
#include "crypto/trust.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::crypto {
namespace {

using Catch::Contains;
using test::kDay;
using test::kNow;

constexpr std::uint64_t kSeed = 20260601;  // of the serial numbers
constexpr Validity kYear{kNow - kDay, kNow + 365 * kDay};
constexpr Validity kTenYears{kNow - kDay, kNow + 3650 * kDay};

Authority new_ca(NewKey kind = NewKey::kEcdsa256, const std::string& name = "Example CA") {
    SeededRandom random(kSeed);
    const PrivateKey key = generate_key(kind);
    return {make_ca(name, key, kTenYears, random).value(), key};
}

std::vector<Identity> identities(const std::vector<std::string>& texts) {
    std::vector<Identity> parsed;
    parsed.reserve(texts.size());
    for (const std::string& text : texts) {
        parsed.push_back(parse_identity(text));
    }
    return parsed;
}

std::optional<CertificateFault::Code> strict_verdict(const Certificate& leaf, const Authority& ca,
                                                     const std::string& crl) {
    TrustStore trust = TrustStore::of({ca.certificate}).value();
    trust.add_crls(Crl::parse(as_bytes(crl)).value());
    const auto verdict =
        trust.verify({.leaf = leaf, .intermediates = {}, .now = kNow, .revocation = RevocationPolicy::kStrict});
    if (verdict) return std::nullopt;
    UNSCOPED_INFO(verdict.error().message);
    return verdict.error().code;
}

TEST_CASE("A gateway's certificate of a new CA is trusted, whatever the keys, until it is revoked") {
    SeededRandom random(kSeed);
    for (const NewKey kind : {NewKey::kEcdsa256, NewKey::kEcdsa384, NewKey::kEd25519, NewKey::kRsa3072}) {
        INFO("kind " << static_cast<int>(kind));
        const Authority ca = new_ca(kind);
        const auto wanted = identities({"gw.example.org", "192.0.2.1", "2001:db8::1", "ops@example.org"});
        const PrivateKey key = generate_key(kind);
        const auto gateway = make_gateway(wanted, key.public_key(), ca, kYear, random);
        REQUIRE(gateway.ok());
        CHECK(gateway->alternative_names() == wanted);
        CHECK(gateway->subject() == "CN=gw.example.org");
        CHECK(gateway->serial().size() == 32);
        CHECK_FALSE(gateway->is_ca());
        CHECK(same_key(*gateway->public_key(), key.public_key()));
        const std::string empty = make_empty_crl(ca, kYear);
        CHECK(strict_verdict(*gateway, ca, empty) == std::nullopt);

        const auto former = Crl::parse(as_bytes(empty)).value();
        const auto revoking = revoke(*gateway, &former.front(), ca, kYear);
        REQUIRE(revoking.ok());
        CHECK(strict_verdict(*gateway, ca, *revoking) == CertificateFault::Code::kRevoked);
    }
}

TEST_CASE("A CRL grows: what was revoked stays so") {
    SeededRandom random(kSeed);
    const Authority ca = new_ca();
    const auto issue = [&](const char* id) {
        return make_gateway(identities({id}), generate_key(NewKey::kEcdsa256).public_key(), ca, kYear, random).value();
    };
    const Certificate first = issue("first.example.org");
    const Certificate second = issue("second.example.org");
    const Certificate third = issue("third.example.org");
    CHECK(first.serial() != second.serial());
    const Crl one = Crl::parse(as_bytes(revoke(first, nullptr, ca, kYear).value()))->front();
    const std::string two = revoke(second, &one, ca, kYear).value();
    CHECK(strict_verdict(first, ca, two) == CertificateFault::Code::kRevoked);
    CHECK(strict_verdict(second, ca, two) == CertificateFault::Code::kRevoked);
    CHECK(strict_verdict(third, ca, two) == std::nullopt);
    const std::string renewed = renew(one, ca, kYear);
    CHECK(strict_verdict(first, ca, renewed) == CertificateFault::Code::kRevoked);
    CHECK(strict_verdict(second, ca, renewed) == std::nullopt);
    CHECK_THAT(revoke(first, &one, ca, kYear).error(), Contains("revoked before"));
    const Authority other = new_ca();
    CHECK_THAT(revoke(first, nullptr, other, kYear).error(), Contains("is not one of CN=Example CA"));
}

TEST_CASE("A CA of ours has no CA below it") {
    const Authority ca = new_ca();
    CHECK(ca.certificate.is_ca());
    CHECK(ca.certificate.is_self_signed());
    const test::Made signer{ca.certificate, test::SharedKey(ca.key.handle(), [](EVP_PKEY*) {})};
    const test::Made sub = test::make(test::ca_wish("Sub"), &signer);
    const test::Made leaf = test::make(test::leaf_wish("gw"), &sub);
    const auto verdict = TrustStore::of({ca.certificate})
                             ->verify({.leaf = leaf.certificate, .intermediates = {sub.certificate}, .now = kNow});
    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().code == CertificateFault::Code::kPathTooLong);
}

TEST_CASE("A request carries identities and a key, and is held to its signature") {
    const PrivateKey key = generate_key(NewKey::kEcdsa256);
    const auto wanted = identities({"gw.example.org", "192.0.2.1"});
    const std::string pem = make_request(wanted, key).value();
    const auto read = parse_request(pem);
    REQUIRE(read.ok());
    CHECK(read->identities == wanted);
    CHECK(same_key(read->key, key.public_key()));

    Bytes altered = to_bytes(parse_pem(pem)->front().content.view());
    const std::string_view text(reinterpret_cast<const char*>(altered.data()), altered.size());
    altered.at(text.rfind("gw.example.org")) = 'h';
    CHECK_THAT(parse_request(to_pem("CERTIFICATE REQUEST", altered)).error(), Contains("not signed with the key"));
    CHECK_THAT(parse_request(new_ca().certificate.pem()).error(), Contains("not one request"));
    CHECK_THAT(parse_request(pem + pem).error(), Contains("not one request"));
    CHECK_THAT(parse_request(to_pem("CERTIFICATE REQUEST", Bytes{1})).error(), Contains("cannot be read"));
    CHECK_THAT(parse_request("").error(), Contains("not one request"));
}

TEST_CASE("What no certificate can hold is refused with a reason") {
    SeededRandom random(kSeed);
    const Authority ca = new_ca();
    const PrivateKey key = generate_key(NewKey::kEcdsa256);
    const auto refusal = [&](const std::vector<std::string>& ids, Validity validity) {
        const auto made = make_gateway(identities(ids), key.public_key(), ca, validity, random);
        return made ? std::string() : made.error();
    };
    CHECK_THAT(refusal({}, kYear), Contains("needs an identity"));
    CHECK_THAT(refusal({"*.example.org"}, kYear), Contains("'*.example.org' is no identity"));
    CHECK_THAT(refusal({"gw.example.org", "a b"}, kYear), Contains("'a b' is no identity"));
    CHECK_THAT(refusal({""}, kYear), Contains("is no identity"));
    CHECK_THAT(refusal({"gw"}, {kNow, kNow + 3651 * kDay}), Contains("outlive its CA"));
    CHECK(refusal({"gw"}, {kNow, kNow + 3650 * kDay}).empty());
    CHECK(refusal({std::string(200, 'x') + ".example.org"}, kYear).empty());  // the CN is cut, the identity is not
    CHECK_FALSE(make_ca("", key, kYear, random).ok());
    CHECK_FALSE(make_ca(std::string(65, 'x'), key, kYear, random).ok());
    CHECK_FALSE(make_ca("\xff", key, kYear, random).ok());
    CHECK_FALSE(make_request(identities({"*"}), key).ok());
}

}  // namespace
}  // namespace esplane::crypto
