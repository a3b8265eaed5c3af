#include "crypto/certificate.h"

#include <algorithm>

#include "crypto/alternative_names.h"
#include "crypto/distinguished_name.h"
#include "crypto/openssl_x509.h"
#include "crypto/pem.h"
#include "crypto/prf.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kLongestSerial = 20;  // RFC 5280 4.1.2.2

void free_of_openssl(std::uint8_t* memory) {
    OPENSSL_free(memory);
}

char lower(std::uint8_t character) {
    return static_cast<char>(character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character);
}

bool same_text(const Bytes& a, const Bytes& b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

Result<Certificate, std::string> Certificate::from_der(ByteView der) {
    const DropErrors drop_errors;
    const std::uint8_t* at = der.data();
    const std::shared_ptr<X509> handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
    if (!handle) return Failure{std::string("this is no X.509 certificate")};
    // What can be written in two ways would be hashed and compared as two certificates.
    if (at != der.data() + der.size() || !std::ranges::equal(to_der<i2d_X509>(handle.get()), der)) {
        return Failure{std::string("the certificate is not encoded as DER, or octets follow it")};
    }
    if (!to_seconds(X509_get0_notBefore(handle.get())) || !to_seconds(X509_get0_notAfter(handle.get()))) {
        return Failure{std::string("the certificate has no validity that can be read")};
    }
    return Certificate(handle);
}

Result<std::vector<Certificate>, std::string> Certificate::from_pem(std::string_view text) {
    const auto blocks = parse_pem(text);
    if (!blocks) return Failure{blocks.error()};
    std::vector<Certificate> certificates;
    for (const PemBlock& block : *blocks) {
        if (block.label != "CERTIFICATE") continue;
        auto certificate = from_der(block.content.view());
        if (!certificate) {
            return Failure{"certificate " + std::to_string(certificates.size() + 1) +
                           " of the PEM text: " + certificate.error()};
        }
        certificates.push_back(std::move(*certificate));
    }
    if (certificates.empty()) return Failure{std::string("there is no certificate (-----BEGIN CERTIFICATE-----)")};
    return certificates;
}

Bytes Certificate::der() const {
    return to_der<i2d_X509>(handle());
}

std::string Certificate::pem() const {
    return to_pem("CERTIFICATE", der());
}

Bytes Certificate::subject_der() const {
    return distinguished_name_der(X509_get_subject_name(handle()));
}

Bytes Certificate::issuer_der() const {
    return distinguished_name_der(X509_get_issuer_name(handle()));
}

std::string Certificate::subject() const {
    return distinguished_name_text(X509_get_subject_name(handle()));
}

std::string Certificate::issuer() const {
    return distinguished_name_text(X509_get_issuer_name(handle()));
}

std::string Certificate::serial() const {
    const ASN1_INTEGER* serial = X509_get0_serialNumber(handle());
    const ByteView octets(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial)));
    const std::string sign = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ? "-" : "";
    return sign + to_hex(octets.first(std::min(octets.size(), kLongestSerial)));
}

std::string Certificate::fingerprint() const {
    Bytes digest(EVP_MAX_MD_SIZE);
    unsigned length = 0;
    require(X509_digest(handle(), EVP_sha256(), digest.data(), &length) == 1, "OpenSSL failed to hash a certificate");
    return to_hex(ByteView(digest).first(length));
}

std::vector<Identity> Certificate::alternative_names() const {
    const DropErrors drop_errors;
    const GeneralNames names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(handle(), NID_subject_alt_name, nullptr, nullptr)));
    return identities_of(names.get());
}

bool Certificate::identity_fits(const Identity& identity) const {
    if (identity.kind == IdentityKind::kDistinguishedName) {
        return is_name(identity.value, X509_get_subject_name(handle()));
    }
    const bool is_text = identity.kind == IdentityKind::kFqdn || identity.kind == IdentityKind::kEmail;
    return std::ranges::any_of(alternative_names(), [&](const Identity& held) {
        return held.kind == identity.kind &&
               (is_text ? same_text(held.value, identity.value) : held.value == identity.value);
    });
}

std::vector<std::string> Certificate::ocsp_urls() const {
    const DropErrors drop_errors;
    std::vector<std::string> urls;
    const OpensslStrings found(X509_get1_ocsp(handle()));
    for (int i = 0; i < sk_OPENSSL_STRING_num(found.get()); ++i) {
        const std::string url = sk_OPENSSL_STRING_value(found.get(), i);
        const bool is_printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
        if (url.starts_with("http://") && is_printable) urls.push_back(url);
    }
    return urls;
}

bool Certificate::has_alternative_names() const {
    return X509_get_ext_by_NID(handle(), NID_subject_alt_name, -1) >= 0;
}

std::string Certificate::common_name() const {
    const DropErrors drop_errors;
    const X509_NAME* subject = X509_get_subject_name(handle());
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) return {};
    std::uint8_t* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    const std::unique_ptr<std::uint8_t, FreeWith<free_of_openssl>> owner(text);
    if (length < 0 || !is_plain_name({text, static_cast<std::size_t>(length)})) return {};
    return {text, text + length};
}

Result<PublicKey, std::string> Certificate::public_key() const {
    const DropErrors drop_errors;
    return PublicKey::of({X509_get_pubkey(handle()), EVP_PKEY_free});
}

Bytes Certificate::key_hash() const {
    return sha1({to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(handle()))});
}

std::chrono::sys_seconds Certificate::not_before() const {
    return to_seconds(X509_get0_notBefore(handle())).value_or(std::chrono::sys_seconds::max());
}

std::chrono::sys_seconds Certificate::not_after() const {
    return to_seconds(X509_get0_notAfter(handle())).value_or(std::chrono::sys_seconds::min());
}

bool Certificate::is_ca() const {
    const DropErrors drop_errors;
    return X509_check_ca(handle()) == 1;  // the other values tell CAs of the time before basicConstraints
}

bool Certificate::is_self_signed() const {
    const DropErrors drop_errors;
    return X509_self_signed(handle(), 1) == 1;
}

}  // namespace esplane::crypto
