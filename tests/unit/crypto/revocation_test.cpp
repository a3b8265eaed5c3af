// What CRLs and OCSP responses say, and what the policies make of it.
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "crypto/ocsp.h"
#include "crypto/openssl_x509.h"
#include "crypto/pem.h"
#include "crypto/trust.h"
#include "tests/unit/crypto/test_revocation.h"

namespace esplane::crypto {
namespace {

using Code = CertificateFault::Code;
using test::ca_wish;
using test::CrlWish;
using test::kDay;
using test::kNow;
using test::leaf_wish;
using test::Made;
using test::make;
using test::make_crl;
using test::make_ocsp;
using test::OcspWish;
using test::Wish;

/// Root - intermediate - gateway, and strangers.
struct World {
    Made root = make(ca_wish("Root"));
    Made sub = make(ca_wish("Sub"), &root);
    Made gateway = make(leaf_wish("gw"), &sub);
    Made other = make(leaf_wish("other"), &sub);
    Made namesake = make(ca_wish("Sub"));
    Bytes root_crl = make_crl({}, root);
};

const World& world() {
    static const World made;
    return made;
}

std::optional<Code> verdict(const std::vector<Bytes>& crls, RevocationPolicy policy, ByteView ocsp = {}) {
    TrustStore trust = TrustStore::of({world().root.certificate}).value();
    for (const Bytes& crl : crls) {
        trust.add_crls(Crl::parse(crl).value());
    }
    const auto verified = trust.verify({.leaf = world().gateway.certificate,
                                        .intermediates = {world().sub.certificate},
                                        .now = kNow,
                                        .revocation = policy,
                                        .ocsp_response = ocsp});
    CHECK(ERR_peek_error() == 0);
    if (verified) return std::nullopt;
    return verified.error().code;
}

TEST_CASE(
    "Strict wants a current CRL that vouches for every certificate; relaxed refuses what is known to be revoked") {
    const World& w = world();
    const auto of_sub = [&](const CrlWish& wish) { return make_crl(wish, w.sub); };
    const auto unknown = Code::kRevocationUnknown;
    struct Row {
        const char* what;
        std::vector<Bytes> crls;
        std::optional<Code> strict;
        std::optional<Code> relaxed;
    };
    Bytes altered = of_sub({.revoked = {w.gateway.certificate}});
    altered.back() ^= 1;
    const Row rows[] = {
        {"no CRLs", {}, unknown, {}},
        {"both, nothing revoked", {w.root_crl, of_sub({})}, {}, {}},
        {"another certificate revoked", {w.root_crl, of_sub({.revoked = {w.other.certificate}})}, {}, {}},
        {"only the leaf's", {of_sub({})}, unknown, {}},
        {"only the intermediate's", {w.root_crl}, unknown, {}},
        {"the leaf revoked",
         {w.root_crl, of_sub({.revoked = {w.gateway.certificate}})},
         Code::kRevoked,
         Code::kRevoked},
        {"the leaf revoked, the root silent",
         {of_sub({.revoked = {w.other.certificate, w.gateway.certificate}})},
         Code::kRevoked,
         Code::kRevoked},
        {"the intermediate revoked",
         {make_crl({.revoked = {w.sub.certificate}}, w.root), of_sub({})},
         Code::kRevoked,
         Code::kRevoked},
        {"expired", {w.root_crl, of_sub({.to = kNow - kDay / 2})}, unknown, {}},
        {"expired, but it revokes",
         {w.root_crl, of_sub({.revoked = {w.gateway.certificate}, .to = kNow - kDay / 2})},
         Code::kRevoked,
         Code::kRevoked},
        {"not yet valid", {w.root_crl, of_sub({.from = kNow + kDay / 2})}, unknown, {}},
        {"without an end", {w.root_crl, of_sub({.to = std::nullopt})}, unknown, {}},
        {"expired, and a current one", {w.root_crl, of_sub({.to = kNow - kDay / 2}), of_sub({})}, {}, {}},
        {"one vouches, another revokes",
         {w.root_crl, of_sub({}), of_sub({.revoked = {w.gateway.certificate}})},
         Code::kRevoked,
         Code::kRevoked},
        {"limited to CAs", {w.root_crl, of_sub({.is_partial = true})}, unknown, {}},
        {"limited to CAs, but it revokes",
         {w.root_crl, of_sub({.revoked = {w.gateway.certificate}, .is_partial = true})},
         Code::kRevoked,
         Code::kRevoked},
        {"signed with SHA-1", {w.root_crl, of_sub({.hash = "SHA1"})}, unknown, {}},
        {"altered", {w.root_crl, altered}, unknown, {}},
        {"by a CA of the same name",
         {w.root_crl, make_crl({.revoked = {w.gateway.certificate}}, w.sub, w.namesake)},
         unknown,
         {}},
        {"by the root in the intermediate's name", {w.root_crl, make_crl({}, w.sub, w.root)}, unknown, {}},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        CHECK(verdict(row.crls, RevocationPolicy::kStrict) == row.strict);
        CHECK(verdict(row.crls, RevocationPolicy::kRelaxed) == row.relaxed);
        CHECK_FALSE(verdict(row.crls, RevocationPolicy::kOff).has_value());
    }
}

TEST_CASE("A CA that may not sign CRLs vouches for nobody and revokes nobody") {
    Wish wish = ca_wish("Signs no CRLs");
    wish.extensions = {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign"}};
    const Made ca = make(wish);
    const Made gateway = make(leaf_wish("gw"), &ca);
    for (const auto& revoked : {std::vector<Certificate>{}, std::vector<Certificate>{gateway.certificate}}) {
        const Crl crl = Crl::parse(make_crl({.revoked = revoked}, ca))->front();
        CHECK(crl.status(gateway.certificate, ca.certificate, kNow) == Revocation::kUnknown);
    }
}

TEST_CASE("CRLs are read from DER and PEM") {
    const World& w = world();
    const std::string both = to_pem("X509 CRL", w.root_crl) + to_pem("X509 CRL", make_crl({}, w.sub));
    const auto read = Crl::parse(as_bytes(both));
    REQUIRE(read.ok());
    REQUIRE(read->size() == 2);
    CHECK(read->at(1).issuer() == "CN=Sub,O=Example");
    CHECK(read->at(1).this_update() == kNow - kDay);
    CHECK(read->at(1).next_update() == kNow + kDay);
    Bytes longer = w.root_crl;
    longer.push_back(0);
    for (const Bytes& bad : {longer, Bytes{}, to_bytes(as_bytes(w.gateway.certificate.pem())),
                             to_bytes(as_bytes(to_pem("X509 CRL", Bytes{1})))}) {
        CHECK_FALSE(Crl::parse(bad).ok());
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("A certificate that nothing speaks for is found, from the leaf on, until something does") {
    const World& w = world();
    Wish wish = leaf_wish("asked");
    wish.extensions.emplace_back("authorityInfoAccess",
                                 "OCSP;URI:ldap://x/,OCSP;URI:http://ocsp.example.org/a,OCSP;URI:http://b:81/");
    const Made leaf = make(wish, &w.sub);
    CHECK(leaf.certificate.ocsp_urls() == std::vector<std::string>{"http://ocsp.example.org/a", "http://b:81/"});
    CHECK(w.gateway.certificate.ocsp_urls().empty());

    const TrustStore trust = TrustStore::of({w.root.certificate}).value();
    std::map<std::string, Bytes> known;
    const std::vector<Certificate> intermediates{w.sub.certificate};
    TrustStore::Question question{.leaf = leaf.certificate,
                                  .intermediates = intermediates,
                                  .now = kNow,
                                  .revocation = RevocationPolicy::kStrict,
                                  .fetched = [&](const Certificate& certificate) {
                                      const auto found = known.find(certificate.fingerprint());
                                      return found == known.end() ? ByteView() : ByteView(found->second);
                                  }};
    auto link = trust.undecided(question);
    REQUIRE(link);
    CHECK(link->certificate.der() == leaf.certificate.der());
    CHECK(link->issuer.der() == w.sub.certificate.der());
    known[leaf.certificate.fingerprint()] = make_ocsp({}, leaf.certificate, w.sub, w.sub);
    link = trust.undecided(question);
    REQUIRE(link);
    CHECK(link->certificate.der() == w.sub.certificate.der());
    CHECK(trust.verify(question).error().code == Code::kRevocationUnknown);
    known[w.sub.certificate.fingerprint()] = make_ocsp({}, w.sub.certificate, w.root, w.root);
    CHECK_FALSE(trust.undecided(question));
    CHECK(trust.verify(question).ok());
    known[w.sub.certificate.fingerprint()] =
        make_ocsp({.status = V_OCSP_CERTSTATUS_REVOKED}, w.sub.certificate, w.root, w.root);
    CHECK_FALSE(trust.undecided(question));
    CHECK(trust.verify(question).error().code == Code::kRevoked);
    known.clear();
    question.revocation = RevocationPolicy::kOff;
    CHECK_FALSE(trust.undecided(question));
    question.revocation = RevocationPolicy::kStrict;
    // One that is not to be believed is not asked about.
    const Made stranger = make(wish, &w.namesake);
    CHECK_FALSE(trust.undecided({.leaf = stranger.certificate,
                                 .intermediates = intermediates,
                                 .now = kNow,
                                 .revocation = RevocationPolicy::kStrict}));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("A request names the certificate by its issuer and serial number, and has no nonce") {
    const World& w = world();
    const Bytes der = make_ocsp_request(w.gateway.certificate, w.sub.certificate);
    const std::uint8_t* at = der.data();
    const std::unique_ptr<OCSP_REQUEST, FreeWith<OCSP_REQUEST_free>> request(
        d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(der.size())));
    REQUIRE(request);
    REQUIRE(OCSP_request_onereq_count(request.get()) == 1);
    const std::unique_ptr<OCSP_CERTID, FreeWith<OCSP_CERTID_free>> expected(
        OCSP_cert_to_id(EVP_sha1(), w.gateway.certificate.handle(), w.sub.certificate.handle()));
    CHECK(OCSP_id_cmp(expected.get(), OCSP_onereq_get0_id(OCSP_request_onereq_get0(request.get(), 0))) == 0);
    CHECK(OCSP_REQUEST_get_ext_count(request.get()) == 0);
}

TEST_CASE("OCSP responses count when the issuer, or its delegate, signed them just now") {
    const World& w = world();
    const auto responder_with = [&](const char* purpose, const Made& issuer) {
        Wish wish = leaf_wish("ocsp");
        wish.extensions = {{"keyUsage", "digitalSignature"}};
        if (purpose != nullptr) wish.extensions.emplace_back("extendedKeyUsage", purpose);
        return make(wish, &issuer);
    };
    const Made delegate = responder_with("OCSPSigning", w.sub);
    using Change = std::function<void(Wish&)>;
    const auto changed = [&](const Change& change) {
        Wish wish = leaf_wish("ocsp");
        wish.extensions = {{"extendedKeyUsage", "OCSPSigning"}};
        change(wish);
        return make(wish, &w.sub);
    };
    const Made old_delegate = changed([](Wish& wish) { wish.to = kNow - kDay / 2; });
    const Made early_delegate = changed([](Wish& wish) { wish.from = kNow + kDay / 2; });
    const Made silent_delegate = changed([](Wish& wish) { wish.extensions.emplace_back("keyUsage", "keyAgreement"); });
    const Made odd_delegate = changed([](Wish& wish) { wish.extensions.emplace_back("1.2.3.4", "critical,DER:0500"); });
    const Made sha1_delegate = changed([](Wish& wish) { wish.hash = "SHA1"; });
    const Made weak_delegate = changed([](Wish& wish) { wish.key = "RSA-1024"; });
    const auto of = [&](const OcspWish& wish, const Made& signer) {
        return make_ocsp(wish, w.gateway.certificate, w.sub, signer);
    };
    Bytes altered = of({}, w.sub);
    const std::size_t certificate_length = w.sub.certificate.der().size();
    altered.at(altered.size() - certificate_length - 20) ^= 1;  // in the signature, which stands before the certificate
    Bytes longer = of({}, w.sub);
    longer.push_back(0);
    const std::chrono::minutes minute(1);
    struct Row {
        const char* what;
        Bytes response;
        OcspStatus expected;
    };
    const Row rows[] = {
        {"by the issuer", of({}, w.sub), OcspStatus::kGood},
        {"revoked", of({.status = V_OCSP_CERTSTATUS_REVOKED}, w.sub), OcspStatus::kRevoked},
        {"unknown", of({.status = V_OCSP_CERTSTATUS_UNKNOWN}, w.sub), OcspStatus::kUnknown},
        {"by a delegate", of({}, delegate), OcspStatus::kGood},
        {"revoked, by a delegate", of({.status = V_OCSP_CERTSTATUS_REVOKED}, delegate), OcspStatus::kRevoked},
        {"a delegate without the purpose", of({}, responder_with("serverAuth", w.sub)), OcspStatus::kInvalid},
        {"a delegate for any purpose", of({}, responder_with("anyExtendedKeyUsage", w.sub)), OcspStatus::kInvalid},
        {"a delegate without purposes", of({}, responder_with(nullptr, w.sub)), OcspStatus::kInvalid},
        {"a delegate of the root", of({}, responder_with("OCSPSigning", w.root)), OcspStatus::kInvalid},
        {"a delegate of a CA of the same name", of({}, responder_with("OCSPSigning", w.namesake)),
         OcspStatus::kInvalid},
        {"a delegate that has expired", of({}, old_delegate), OcspStatus::kInvalid},
        {"a delegate of the future", of({}, early_delegate), OcspStatus::kInvalid},
        {"a delegate that may not sign", of({}, silent_delegate), OcspStatus::kInvalid},
        {"a delegate with an unknown critical extension", of({}, odd_delegate), OcspStatus::kInvalid},
        {"a delegate signed with SHA-1", of({}, sha1_delegate), OcspStatus::kInvalid},
        {"a delegate with a weak key", of({}, weak_delegate), OcspStatus::kInvalid},
        {"a delegate with a purpose and no more", of({}, changed([](Wish&) {})), OcspStatus::kGood},
        {"by the root", of({}, w.root), OcspStatus::kInvalid},
        {"by the certificate itself", of({}, w.gateway), OcspStatus::kInvalid},
        {"out of date", of({.to = kNow - 6 * minute}, w.sub), OcspStatus::kInvalid},
        {"out of date, within the tolerance", of({.to = kNow - 4 * minute}, w.sub), OcspStatus::kGood},
        {"out of date, but revoked", of({.status = V_OCSP_CERTSTATUS_REVOKED, .to = kNow - 6 * minute}, w.sub),
         OcspStatus::kRevoked},
        {"of the future", of({.from = kNow + 6 * minute}, w.sub), OcspStatus::kInvalid},
        {"of the future, within the tolerance", of({.from = kNow + 4 * minute}, w.sub), OcspStatus::kGood},
        {"without an end, new", of({.from = kNow - 4 * minute, .to = std::nullopt}, w.sub), OcspStatus::kGood},
        {"without an end, old", of({.from = kNow - 6 * minute, .to = std::nullopt}, w.sub), OcspStatus::kInvalid},
        {"about another certificate", make_ocsp({}, w.other.certificate, w.sub, w.sub), OcspStatus::kInvalid},
        {"about a certificate of another issuer", make_ocsp({}, w.gateway.certificate, w.namesake, w.sub),
         OcspStatus::kInvalid},
        {"signed with SHA-1", of({.hash = "SHA1"}, w.sub), OcspStatus::kInvalid},
        {"altered", altered, OcspStatus::kInvalid},
        {"octets behind", longer, OcspStatus::kInvalid},
        {"no response", Bytes{1, 2, 3}, OcspStatus::kInvalid},
        {"tryLater", from_hex("30030a0103"), OcspStatus::kInvalid},
        {"nothing", {}, OcspStatus::kInvalid},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        CHECK(check_ocsp(row.response, w.gateway.certificate, w.sub.certificate, kNow) == row.expected);
        CHECK(ERR_peek_error() == 0);
    }
}

TEST_CASE("An OCSP response stands in for the CRL of the leaf's issuer, and for no more") {
    const World& w = world();
    const Bytes good = make_ocsp({}, w.gateway.certificate, w.sub, w.sub);
    const Bytes revoked = make_ocsp({.status = V_OCSP_CERTSTATUS_REVOKED}, w.gateway.certificate, w.sub, w.sub);
    const Bytes unknown = make_ocsp({.status = V_OCSP_CERTSTATUS_UNKNOWN}, w.gateway.certificate, w.sub, w.sub);
    const Bytes revoking_crl = make_crl({.revoked = {w.gateway.certificate}}, w.sub);
    using enum RevocationPolicy;
    CHECK(verdict({w.root_crl}, kStrict, good) == std::nullopt);
    CHECK(verdict({}, kStrict, good) == Code::kRevocationUnknown);
    CHECK(verdict({w.root_crl}, kStrict, unknown) == Code::kRevocationUnknown);
    CHECK(verdict({w.root_crl}, kStrict, Bytes{1}) == Code::kRevocationUnknown);
    CHECK(verdict({}, kRelaxed, unknown) == std::nullopt);
    CHECK(verdict({}, kRelaxed, revoked) == Code::kRevoked);
    CHECK(verdict({}, kOff, revoked) == std::nullopt);
    CHECK(verdict({w.root_crl, make_crl({}, w.sub)}, kStrict, revoked) == Code::kRevoked);
    CHECK(verdict({w.root_crl, revoking_crl}, kStrict, good) == Code::kRevoked);
}

TEST_CASE("A damaged OCSP response or CRL never brings the reader down, nor vouches") {
    const World& w = world();
    const Bytes good = make_ocsp({}, w.gateway.certificate, w.sub, w.sub);
    // Up to the certificate that lies behind the signature and that the issuer, which we know, makes superfluous.
    for (std::size_t i = 0; i + w.sub.certificate.der().size() + 8 < good.size(); ++i) {
        Bytes altered = good;
        altered[i] ^= 1;
        INFO("octet " << i);
        CHECK(check_ocsp(altered, w.gateway.certificate, w.sub.certificate, kNow) != OcspStatus::kGood);
    }
    const Bytes crl = make_crl({}, w.sub);
    for (std::size_t i = 0; i < crl.size(); ++i) {
        Bytes altered = crl;
        altered[i] ^= 1;
        INFO("octet " << i);
        const auto read = Crl::parse(altered);
        if (read) CHECK(read->front().status(w.gateway.certificate, w.sub.certificate, kNow) != Revocation::kGood);
    }
}

}  // namespace
}  // namespace esplane::crypto
