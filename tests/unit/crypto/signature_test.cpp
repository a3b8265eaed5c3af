// Signatures against vectors of RFC 4754 and RFC 8032, and against what must not pass.
#include "crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <catch2/catch.hpp>

#include "tests/unit/crypto/test_keys.h"

namespace esplane::crypto {
namespace {

using enum SignatureScheme;
using test::make_key;
using test::SharedKey;

constexpr SignatureScheme kAll[] = {kRsaPkcs1Sha256, kRsaPkcs1Sha384, kRsaPkcs1Sha512, kRsaPssSha256, kRsaPssSha384,
                                    kRsaPssSha512,   kEcdsaSha256,    kEcdsaSha384,    kEcdsaSha512,  kEd25519};
constexpr const char* kKinds[] = {"RSA-2048", "P-256", "P-384", "P-521", "ED25519"};

PrivateKey private_key(const std::string& kind) {
    return PrivateKey::of(make_key(kind)).value();
}

PublicKey ec_point(const char* curve, const std::string& x_y) {
    Bytes point = from_hex("04" + x_y);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(curve), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end(),
    };
    const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    REQUIRE(EVP_PKEY_fromdata_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(params)) == 1);
    return PublicKey::of(SharedKey(key, EVP_PKEY_free)).value();
}

TEST_CASE("RFC 4754 8: the signatures of its vectors are good, and of nothing else") {
    struct Row {
        EcdsaMethod method;
        const char* curve;
        const char* x_y;
        const char* r_s;
    };
    const Row rows[] = {
        {EcdsaMethod::kP256Sha256, "P-256",
         "2442A5CC0ECD015FA3CA31DC8E2BBC70BF42D60CBCA20085E0822CB04235E970"
         "6FC98BD7E50211A4A27102FA3549DF79EBCB4BF246B80945CDDFE7D509BBFD7D",
         "CB28E0999B9C7715FD0A80D8E47A77079716CBBF917DD72E97566EA1C066957C"
         "86FA3BB4E26CAD5BF90B7F81899256CE7594BB1EA0C89212748BFF3B3D5B0315"},
        {EcdsaMethod::kP384Sha384, "P-384",
         "96281BF8DD5E0525CA049C048D345D3082968D10FEDF5C5ACA0C64E6465A97EA5CE10C9DFEC21797415710721F437922"
         "447688BA94708EB6E2E4D59F6AB6D7EDFF9301D249FE49C33096655F5D502FAD3D383B91C5E7EDAA2B714CC99D5743CA",
         "FB017B914E29149432D8BAC29A514640B46F53DDAB2C69948084E2930F1C8F7E08E07C9C63F2D21A07DCB56A6AF56EB3"
         "B263A1305E057F984D38726A1B46874109F417BCA112674C528262A40A629AF1CBB9F516CE0FA7D2FF630863A00E8B9F"},
    };
    for (const Row& row : rows) {
        INFO(row.curve);
        const PublicKey key = ec_point(row.curve, row.x_y);
        Bytes signature = from_hex(row.r_s);
        CHECK(key.verify_raw_ecdsa(row.method, as_bytes("abc"), signature));
        CHECK_FALSE(key.verify_raw_ecdsa(row.method, as_bytes("abd"), signature));
        CHECK_FALSE(key.verify_raw_ecdsa(EcdsaMethod::kP521Sha512, as_bytes("abc"), signature));
        signature.push_back(0);
        CHECK_FALSE(key.verify_raw_ecdsa(row.method, as_bytes("abc"), signature));
        signature.pop_back();
        signature.front() ^= 1;
        CHECK_FALSE(key.verify_raw_ecdsa(row.method, as_bytes("abc"), signature));
        CHECK_FALSE(key.verify_raw_ecdsa(row.method, as_bytes("abc"), Bytes(signature.size(), 0)));
    }
}

TEST_CASE("RFC 8032 7.1: Ed25519 signs as its vectors do") {
    const Bytes secret = from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const SharedKey handle(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()),
                           EVP_PKEY_free);
    const PrivateKey key = PrivateKey::of(handle).value();
    const Bytes message{0x72};
    CHECK(to_hex(key.sign(kEd25519, message).value()) ==
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST_CASE("Every key signs by its schemes, and no scheme takes another's signature") {
    const ByteView message = as_bytes("what was said");
    for (const char* kind : kKinds) {
        const PrivateKey key = private_key(kind);
        const auto able = key.schemes();
        for (const SignatureScheme scheme : kAll) {
            INFO(kind << ", " << name(scheme));
            const auto signature = key.sign(scheme, message);
            const bool is_able = std::find(able.begin(), able.end(), scheme) != able.end();
            REQUIRE(signature.ok() == is_able);
            if (!is_able) continue;
            for (const SignatureScheme other : kAll) {
                INFO("verified by " << name(other));
                CHECK(key.public_key().verify(other, message, *signature) == (other == scheme));
            }
            CHECK_FALSE(key.public_key().verify(scheme, as_bytes("what was Said"), *signature));
            CHECK_FALSE(key.public_key().verify(scheme, message, {}));
            CHECK_FALSE(key.public_key().verify(scheme, message, ByteView(*signature).first(signature->size() - 1)));
        }
    }
    CHECK(ERR_peek_error() == 0);
}

/// By OpenSSL itself, with a salt of this length.
Bytes sign_pss(const SharedKey& key, ByteView message, int salt_length) {
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    REQUIRE(EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, key.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt_length) == 1);
    Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
    std::size_t length = signature.size();
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) == 1);
    return signature;
}

bool verify_pss(const SharedKey& key, ByteView message, ByteView signature, int salt_length) {
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    REQUIRE(EVP_DigestVerifyInit(context.get(), &parameters, EVP_sha256(), nullptr, key.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt_length) == 1);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

TEST_CASE("The salt of PSS is as long as the hash, no more and no less") {
    const SharedKey handle = make_key("RSA-2048");
    const PrivateKey key = PrivateKey::of(handle).value();
    const ByteView message = as_bytes("what was said");
    for (const int salt_length : {0, 20, 31, 32, 33, 64}) {
        INFO("salt of " << salt_length);
        CHECK(key.public_key().verify(kRsaPssSha256, message, sign_pss(handle, message, salt_length)) ==
              (salt_length == 32));
    }
    CHECK(verify_pss(handle, message, *key.sign(kRsaPssSha256, message), 32));
    ERR_clear_error();
}

TEST_CASE("The schemes of a key come best first") {
    CHECK(private_key("RSA-2048").schemes().front() == kRsaPssSha256);
    CHECK(private_key("P-256").schemes().front() == kEcdsaSha256);
    CHECK(private_key("P-384").schemes().front() == kEcdsaSha384);
    CHECK(private_key("P-521").schemes().front() == kEcdsaSha512);
    CHECK(private_key("ED25519").schemes() == std::vector{kEd25519});
}

TEST_CASE("Raw ECDSA signatures have a fixed width, whatever r and s are") {
    struct Row {
        EcdsaMethod method;
        const char* kind;
        std::size_t length;
    };
    for (const Row row : {Row{EcdsaMethod::kP256Sha256, "P-256", 64}, Row{EcdsaMethod::kP384Sha384, "P-384", 96},
                          Row{EcdsaMethod::kP521Sha512, "P-521", 132}}) {
        INFO(row.kind);
        const PrivateKey key = private_key(row.kind);
        for (std::uint8_t round = 0; round < 50; ++round) {  // one in 128 has a short number
            const Bytes message{round};
            const auto signature = key.sign_raw_ecdsa(row.method, message);
            REQUIRE(signature.ok());
            REQUIRE(signature->size() == row.length);
            REQUIRE(key.public_key().verify_raw_ecdsa(row.method, message, *signature));
        }
    }
    CHECK_FALSE(private_key("P-256").sign_raw_ecdsa(EcdsaMethod::kP384Sha384, {}).ok());
}

TEST_CASE("AlgorithmIdentifiers are understood as they are written") {
    for (const SignatureScheme scheme : kAll) {
        INFO(name(scheme));
        CHECK(parse_algorithm_identifier(algorithm_identifier(scheme)) == scheme);
        Bytes longer = to_bytes(algorithm_identifier(scheme));
        longer.push_back(0);
        CHECK_FALSE(parse_algorithm_identifier(longer));
        CHECK_FALSE(parse_algorithm_identifier(ByteView(longer).first(longer.size() - 2)));
    }
    CHECK_FALSE(parse_algorithm_identifier({}));
}

TEST_CASE("Parameters of PSS are read, not compared") {
    const std::string pss = "06092a864886f70d01010a";
    const std::string sha256 = "0609608648016503040201";
    struct Row {
        const char* what;
        std::string der;
        std::optional<SignatureScheme> scheme;
    };
    const Row rows[] = {
        {"as RFC 7427 A.4.3 prints it, with the trailer field",
         "3046" + pss + "3039a00f300d" + sha256 + "0500a11c301a06092a864886f70d010108300d" + sha256 +
             "0500a203020120a303020101",
         kRsaPssSha256},
        {"hashes without parameters",
         "303d" + pss + "3030a00d300b" + sha256 + "a11a301806092a864886f70d010108300b" + sha256 + "a203020120",
         kRsaPssSha256},
        {"a salt of 20 octets",
         "3041" + pss + "3034a00f300d" + sha256 + "0500a11c301a06092a864886f70d010108300d" + sha256 + "0500a203020114",
         std::nullopt},
        {"no salt length: its default is 20",
         "303c" + pss + "302fa00f300d" + sha256 + "0500a11c301a06092a864886f70d010108300d" + sha256 + "0500",
         std::nullopt},
        {"a mask of another hash",
         "3041" + pss + "3034a00f300d" + sha256 +
             "0500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020120",
         std::nullopt},
        {"another trailer field",
         "3046" + pss + "3039a00f300d" + sha256 + "0500a11c301a06092a864886f70d010108300d" + sha256 +
             "0500a203020120a303020102",
         std::nullopt},
        {"SHA-1 throughout: no parameters", "300d" + pss + "3000", std::nullopt},
        {"no parameters at all", "300b" + pss, std::nullopt},
        {"RSA with SHA-1", "300d06092a864886f70d0101050500", std::nullopt},
        {"RSA with MD5", "300d06092a864886f70d0101040500", std::nullopt},
        {"ECDSA with SHA-1", "300906072a8648ce3d0401", std::nullopt},
        {"PKCS#1 without its NULL", "300b06092a864886f70d01010b", std::nullopt},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        const Bytes der = from_hex(row.der);
        REQUIRE(der.size() == der.at(1) + 2U);  // or the row is mistyped
        CHECK(parse_algorithm_identifier(der) == row.scheme);
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("Hash numbers are those of IANA") {
    CHECK(hash_number(kRsaPssSha256) == 2);
    CHECK(hash_number(kRsaPkcs1Sha384) == 3);
    CHECK(hash_number(kEcdsaSha512) == 4);
    CHECK(hash_number(kEd25519) == 5);
}

TEST_CASE("Keys that are weak or of no use to us are refused with a reason") {
    struct Row {
        const char* kind;
        const char* reason;
    };
    for (const Row row :
         {Row{"RSA-1024", "1024 bits is too weak"}, Row{"secp256k1", "none of RSA"}, Row{"ED448", "none of RSA"}}) {
        INFO(row.kind);
        const auto refused = PublicKey::of(make_key(row.kind));
        REQUIRE_FALSE(refused.ok());
        CHECK_THAT(refused.error(), Catch::Contains(row.reason));
        CHECK_FALSE(PrivateKey::of(make_key(row.kind)).ok());
    }
    CHECK_FALSE(PublicKey::of(nullptr).ok());
}

TEST_CASE("A curve that is spelt out is refused even if it is one of ours") {
    const SharedKey named = make_key("P-256");
    REQUIRE(EVP_PKEY_set_utf8_string_param(named.get(), OSSL_PKEY_PARAM_EC_ENCODING, "explicit") == 1);
    Bytes der(static_cast<std::size_t>(i2d_PUBKEY(named.get(), nullptr)));
    std::uint8_t* to = der.data();
    REQUIRE(i2d_PUBKEY(named.get(), &to) > 0);
    REQUIRE(der.size() > 200);  // the whole curve
    const std::uint8_t* from = der.data();
    const SharedKey spelt_out(d2i_PUBKEY(nullptr, &from, static_cast<long>(der.size())), EVP_PKEY_free);
    REQUIRE(spelt_out != nullptr);
    CHECK_FALSE(PublicKey::of(spelt_out).ok());
}

TEST_CASE("Two halves of a key belong together, others do not") {
    const PrivateKey key = private_key("P-256");
    CHECK(same_key(key.public_key(), key.public_key()));
    CHECK_FALSE(same_key(key.public_key(), private_key("P-256").public_key()));
    CHECK_FALSE(same_key(key.public_key(), private_key("RSA-2048").public_key()));
}

}  // namespace
}  // namespace esplane::crypto
