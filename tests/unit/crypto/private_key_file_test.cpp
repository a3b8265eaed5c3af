#include "crypto/private_key_file.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <catch2/catch.hpp>

#include "crypto/openssl_x509.h"
#include "crypto/pem.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::crypto {
namespace {

using Catch::Contains;
using test::make;
using test::make_key;
using test::SharedKey;

enum class Form { kPkcs8, kTraditional, kEncryptedPkcs8, kEncryptedTraditional };

std::string pem(const SharedKey& key, Form form) {
    const Bio out(BIO_new(BIO_s_mem()));
    const bool is_encrypted = form == Form::kEncryptedPkcs8 || form == Form::kEncryptedTraditional;
    const bool is_pkcs8 = form == Form::kPkcs8 || form == Form::kEncryptedPkcs8;
    const auto write = is_pkcs8 ? PEM_write_bio_PKCS8PrivateKey : nullptr;
    char phrase[] = "phrase";
    char* given = is_encrypted ? phrase : nullptr;
    const EVP_CIPHER* cipher = is_encrypted ? EVP_aes_128_cbc() : nullptr;
    const int length = is_encrypted ? 6 : 0;
    const int written = write != nullptr ? write(out.get(), key.get(), cipher, given, length, nullptr, nullptr)
                                         : PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), cipher,
                                                                                reinterpret_cast<std::uint8_t*>(given),
                                                                                length, nullptr, nullptr);
    REQUIRE(written == 1);
    return to_text(*out);
}

Bytes pkcs12(const char* phrase, EVP_PKEY* key, X509* certificate, STACK_OF(X509) * others = nullptr) {
    const std::unique_ptr<PKCS12, FreeWith<PKCS12_free>> made(
        PKCS12_create(phrase, "gw", key, certificate, others, 0, 0, 1000, 1000, 0));
    REQUIRE(made != nullptr);
    return to_der<i2d_PKCS12>(made.get());
}

TEST_CASE("Private keys are read from every form of PEM that is not encrypted") {
    struct Row {
        const char* kind;
        Form form;
        const char* label;
    };
    for (const Row row :
         {Row{"RSA-2048", Form::kPkcs8, "BEGIN PRIVATE KEY"},
          Row{"RSA-2048", Form::kTraditional, "BEGIN RSA PRIVATE KEY"}, Row{"P-256", Form::kPkcs8, "BEGIN PRIVATE KEY"},
          Row{"P-384", Form::kTraditional, "BEGIN EC PRIVATE KEY"},
          Row{"ED25519", Form::kPkcs8, "BEGIN PRIVATE KEY"}}) {
        INFO(row.kind << ", " << row.label);
        const SharedKey key = make_key(row.kind);
        const std::string text = pem(key, row.form);
        REQUIRE_THAT(text, Contains(row.label));
        const auto read = credential_from_pem(text);
        REQUIRE(read.ok());
        CHECK(same_key(read->key.public_key(), *PublicKey::of(key)));
        CHECK(read->certificates.empty());
        const Secret again = to_pkcs8_pem(read->key);
        const std::string_view again_text(reinterpret_cast<const char*>(again.view().data()), again.size());
        CHECK(same_key(credential_from_pem(again_text)->key.public_key(), read->key.public_key()));
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("EC keys with their parameters in front, as openssl ecparam writes them, are read") {
    const std::string parameters = to_pem("EC PARAMETERS", from_hex("06082a8648ce3d030107"));
    CHECK(credential_from_pem(parameters + pem(make_key("P-256"), Form::kTraditional)).ok());
}

TEST_CASE("What is no usable private key in PEM is refused with a reason") {
    const SharedKey key = make_key("P-256");
    const std::string good = pem(key, Form::kPkcs8);
    const std::string certificate = make(test::leaf_wish("gw")).certificate.pem();
    struct Row {
        const char* what;
        std::string text;
        const char* reason;
    };
    const Row rows[] = {
        {"nothing", "", "there is no private key"},
        {"a certificate", certificate, "there is no private key"},
        {"two keys", good + good, "more than one"},
        {"encrypted PKCS#8", pem(key, Form::kEncryptedPkcs8), "encrypted with a passphrase"},
        {"an encrypted older form", pem(key, Form::kEncryptedTraditional), "encrypted with a passphrase"},
        {"too weak", pem(make_key("RSA-1024"), Form::kPkcs8), "too weak"},
        {"another curve", pem(make_key("secp256k1"), Form::kPkcs8), "none of RSA"},
        {"cut short", good.substr(0, good.size() - 40), "damaged"},
        {"not a key inside", to_pem("PRIVATE KEY", Bytes{1, 2, 3}), "cannot be read"},
        {"a damaged certificate beside it", good + to_pem("CERTIFICATE", Bytes{1}), "certificate 1"},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        const auto read = credential_from_pem(row.text);
        REQUIRE_FALSE(read.ok());
        CHECK_THAT(read.error(), Contains(row.reason));
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("A private key whose public half is another's is refused") {
    const auto der_of = [](const SharedKey& key) { return to_der<i2d_PrivateKey>(key.get()); };
    Bytes mixed = der_of(make_key("P-256"));
    const Bytes other = der_of(make_key("P-256"));
    REQUIRE(mixed.size() == other.size());
    std::copy(other.end() - 64, other.end(), mixed.end() - 64);  // the point comes last
    const auto read = credential_from_pem(to_pem("EC PRIVATE KEY", mixed));
    REQUIRE_FALSE(read.ok());
    CHECK_THAT(read.error(), Contains("damaged"));
}

TEST_CASE("Certificates beside a key come with it, its own first") {
    const auto ca = make(test::ca_wish("CA"));
    const auto gateway = make(test::leaf_wish("gw"), &ca);
    const auto read =
        credential_from_pem(ca.certificate.pem() + pem(gateway.key, Form::kPkcs8) + gateway.certificate.pem());
    REQUIRE(read.ok());
    REQUIRE(read->certificates.size() == 2);
    CHECK(read->certificates[0].der() == gateway.certificate.der());
    CHECK(read->certificates[1].der() == ca.certificate.der());
}

TEST_CASE("PKCS#12 opens with its passphrase, which may be empty, and with no other") {
    const auto gateway = make(test::leaf_wish("gw"));
    struct Row {
        const char* made_with;
        std::string opened_with;
        const char* reason;  ///< null: it opens
    };
    for (const Row& row :
         {Row{"phrase", "phrase", nullptr}, Row{"", "", nullptr}, Row{nullptr, "", nullptr},
          Row{"phrase", "", "passphrase"}, Row{"phrase", "Phrase", "passphrase"}, Row{"", "phrase", "passphrase"}}) {
        INFO((row.made_with != nullptr ? row.made_with : "none") << " -> " << row.opened_with);
        const Bytes container = pkcs12(row.made_with, gateway.key.get(), gateway.certificate.handle());
        const auto read = credential_from_pkcs12(container, row.opened_with);
        REQUIRE(read.ok() == (row.reason == nullptr));
        if (row.reason != nullptr) {
            CHECK_THAT(read.error(), Contains(row.reason));
            continue;
        }
        CHECK(same_key(read->key.public_key(), *PublicKey::of(gateway.key)));
        REQUIRE(read->certificates.size() == 1);
        CHECK(read->certificates[0].der() == gateway.certificate.der());
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("PKCS#12 brings the certificates of the issuers along, the key's own first") {
    const auto ca = make(test::ca_wish("CA"));
    const auto gateway = make(test::leaf_wish("gw"), &ca);
    STACK_OF(X509)* others = sk_X509_new_null();
    REQUIRE(sk_X509_push(others, ca.certificate.handle()) == 1);
    const auto read = credential_from_pkcs12(pkcs12("", gateway.key.get(), gateway.certificate.handle(), others), "");
    sk_X509_free(others);
    REQUIRE(read.ok());
    REQUIRE(read->certificates.size() == 2);
    CHECK(read->certificates[0].der() == gateway.certificate.der());
    CHECK(read->certificates[1].der() == ca.certificate.der());
}

TEST_CASE("PKCS#12 without a key, or no PKCS#12, is refused") {
    const auto gateway = make(test::leaf_wish("gw"));
    CHECK_THAT(credential_from_pkcs12(pkcs12("", nullptr, gateway.certificate.handle()), "").error(),
               Contains("no private key"));
    CHECK_THAT(credential_from_pkcs12(as_bytes("hello"), "").error(), Contains("no PKCS#12"));
    CHECK(ERR_peek_error() == 0);
}

}  // namespace
}  // namespace esplane::crypto
