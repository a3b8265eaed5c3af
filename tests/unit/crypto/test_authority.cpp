#include "tests/unit/crypto/test_authority.h"

#include "crypto/openssl_x509.h"

namespace esplane::crypto::test {
namespace {

void add_name(X509_NAME* name, const Wish& wish) {
    for (const auto& [field, value] : wish.subject) {
        const auto* text = reinterpret_cast<const std::uint8_t*>(value.data());
        require(
            X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, text, static_cast<int>(value.size()), -1, 0) == 1,
            "a test's name is none");
    }
}

void add_extensions(X509* certificate, X509* issuer, const Wish& wish) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509V3_set_ctx_nodb(&context);
    for (const auto& [field, value] : wish.extensions) {
        const X509Extension extension(X509V3_EXT_nconf(nullptr, &context, field, value.c_str()));
        require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "a test's extension is none");
    }
}

long next_serial() {
    static long serial = 0x1000;
    return ++serial;
}

}  // namespace

Made make(const Wish& wish, const Made* issuer) {
    const SharedKey key = make_key(wish.key);
    const std::shared_ptr<X509> made(X509_new(), X509_free);
    X509* certificate = made.get();
    X509* issuing = issuer != nullptr ? issuer->certificate.handle() : certificate;
    add_name(X509_get_subject_name(certificate), wish);
    require(X509_set_version(certificate, X509_VERSION_3) == 1 &&
                ASN1_INTEGER_set(X509_get_serialNumber(certificate), next_serial()) == 1 &&
                X509_set_issuer_name(certificate, X509_get_subject_name(issuing)) == 1 &&
                ASN1_TIME_set(X509_getm_notBefore(certificate), wish.from.time_since_epoch().count()) &&
                ASN1_TIME_set(X509_getm_notAfter(certificate), wish.to.time_since_epoch().count()) &&
                X509_set_pubkey(certificate, key.get()) == 1,
            "a test's certificate cannot be made");
    add_extensions(certificate, issuing, wish);
    EVP_PKEY* signer = issuer != nullptr ? issuer->key.get() : key.get();
    const EVP_MD* hash = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nullptr : EVP_get_digestbyname(wish.hash);
    require(X509_sign(certificate, signer, hash) > 0, "a test's certificate cannot be signed");
    // Read again, so that nothing of its making is left in it.
    return {Certificate::from_der(to_der<i2d_X509>(certificate)).value(), key};
}

Wish ca_wish(const std::string& name) {
    return {.subject = {{"O", "Example"}, {"CN", name}},
            .extensions = {{"basicConstraints", "critical,CA:TRUE"},
                           {"keyUsage", "critical,keyCertSign,cRLSign"},
                           {"subjectKeyIdentifier", "hash"}},
            .to = kNow + 3650 * kDay};
}

Wish leaf_wish(const std::string& name) {
    return {.subject = {{"O", "Example"}, {"CN", name}},
            .extensions = {{"basicConstraints", "critical,CA:FALSE"},
                           {"keyUsage", "critical,digitalSignature"},
                           {"extendedKeyUsage", "1.3.6.1.5.5.7.3.17"},
                           {"subjectAltName", "DNS:" + name}}};
}

Wish tls_wish(const std::string& name, const std::string& purposes) {
    Wish wish = leaf_wish(name);
    for (auto& [field, value] : wish.extensions)
        if (std::string_view(field) == "extendedKeyUsage") value = purposes;
    return wish;
}

Certificate with_altered_signature(const Certificate& certificate) {
    Bytes der = certificate.der();
    der.back() ^= 1;
    return Certificate::from_der(der).value();
}

}  // namespace esplane::crypto::test
