#include "crypto/private_key_file.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <optional>

#include "crypto/openssl_x509.h"
#include "crypto/pem.h"

namespace esplane::crypto {
namespace {

using Pkcs12 = std::unique_ptr<PKCS12, FreeWith<PKCS12_free>>;
using SharedKey = std::shared_ptr<EVP_PKEY>;

struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using CertificateStack = std::unique_ptr<STACK_OF(X509), FreeStack>;

bool holds_key(const PemBlock& block) {
    return block.label == "PRIVATE KEY" || block.label == "RSA PRIVATE KEY" || block.label == "EC PRIVATE KEY";
}

/// Of PEM with an encrypted key, in either form, what to do about it.
constexpr const char* kEncrypted =
    "the private key is encrypted with a passphrase; store it without one (openssl pkey) and protect the file instead, "
    "or use PKCS#12";

bool is_encrypted(std::string_view text, const PemBlock& block) {
    return block.label == "ENCRYPTED PRIVATE KEY" ||
           (holds_key(block) && text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos);
}

SharedKey parse_key(ByteView der) {
    const std::uint8_t* at = der.data();
    SharedKey key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())), EVP_PKEY_free);
    return key && at == der.data() + der.size() ? key : nullptr;
}

/// A key whose halves do not belong together would sign what nobody can verify, and may give itself away by it.
bool is_consistent(EVP_PKEY* key) {
    const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context && EVP_PKEY_pairwise_check(context.get()) == 1;
}

Result<PrivateKey, std::string> checked(SharedKey handle) {
    EVP_PKEY* raw = handle.get();
    auto key = PrivateKey::of(std::move(handle));
    if (key && !is_consistent(raw)) return Failure{std::string("the private key is damaged")};
    return key;
}

void own_certificate_first(Credential& credential) {
    auto& all = credential.certificates;
    std::stable_partition(all.begin(), all.end(), [&](const Certificate& certificate) {
        const auto key = certificate.public_key();
        return key && same_key(*key, credential.key.public_key());
    });
}

}  // namespace

Result<Credential, std::string> credential_from_pem(std::string_view text) {
    const DropErrors drop_errors;
    const auto blocks = parse_pem(text);
    if (!blocks) return Failure{blocks.error()};
    std::optional<PrivateKey> key;
    bool has_certificates = false;
    for (const PemBlock& block : *blocks) {
        if (is_encrypted(text, block)) return Failure{std::string(kEncrypted)};
        has_certificates = has_certificates || block.label == "CERTIFICATE";
        if (!holds_key(block)) continue;
        if (key) return Failure{std::string("there is more than one private key")};
        auto parsed = checked(parse_key(block.content.view()));
        if (!parsed) return Failure{parsed.error()};
        key = std::move(*parsed);
    }
    if (!key) return Failure{std::string("there is no private key (-----BEGIN PRIVATE KEY-----)")};
    Credential credential{std::move(*key), {}};
    if (has_certificates) {
        auto certificates = Certificate::from_pem(text);
        if (!certificates) return Failure{certificates.error()};
        credential.certificates = std::move(*certificates);
        own_certificate_first(credential);
    }
    return credential;
}

Result<Credential, std::string> credential_from_pkcs12(ByteView der, std::string_view passphrase) {
    const DropErrors drop_errors;
    const std::uint8_t* at = der.data();
    const Pkcs12 container(d2i_PKCS12(nullptr, &at, static_cast<long>(der.size())));
    if (!container) return Failure{std::string("this is no PKCS#12")};
    Secret phrase(passphrase.size() + 1);  // OpenSSL wants a zero behind it
    std::ranges::copy(as_bytes(passphrase), phrase.writable().begin());
    EVP_PKEY* raw_key = nullptr;
    X509* raw_own = nullptr;
    STACK_OF(X509)* raw_others = nullptr;
    const auto* zero_terminated = reinterpret_cast<const char*>(phrase.view().data());
    if (PKCS12_parse(container.get(), zero_terminated, &raw_key, &raw_own, &raw_others) != 1) {
        const bool wrong_phrase = ERR_GET_REASON(ERR_peek_last_error()) == PKCS12_R_MAC_VERIFY_FAILURE;
        return Failure{std::string(wrong_phrase
                                       ? "the passphrase does not open this PKCS#12"
                                       : "this PKCS#12 cannot be read; algorithms as old as RC2 are not supported")};
    }
    SharedKey handle(raw_key, EVP_PKEY_free);
    const X509Handle own(raw_own);
    const CertificateStack others(raw_others);
    if (!handle) return Failure{std::string("there is no private key in this PKCS#12")};
    auto key = checked(std::move(handle));
    if (!key) return Failure{key.error()};
    std::vector<const X509*> found;
    if (own) found.push_back(own.get());
    for (int i = 0; i < sk_X509_num(others.get()); ++i) {
        found.push_back(sk_X509_value(others.get(), i));
    }
    Credential credential{std::move(*key), {}};
    for (const X509* each : found) {
        auto certificate = Certificate::from_der(to_der<i2d_X509>(each));
        if (!certificate) return Failure{certificate.error()};
        credential.certificates.push_back(std::move(*certificate));
    }
    return credential;
}

Secret to_pkcs8_pem(const PrivateKey& key) {
    const Bio out(BIO_new(BIO_s_secmem()));
    require(out && PEM_write_bio_PKCS8PrivateKey(out.get(), key.handle(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "OpenSSL failed to write a private key");
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    return Secret(ByteView(reinterpret_cast<const std::uint8_t*>(text), static_cast<std::size_t>(length)));
}

}  // namespace esplane::crypto
