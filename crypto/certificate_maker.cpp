#include "crypto/certificate_maker.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "crypto/alternative_names.h"
#include "crypto/making.h"
#include "crypto/openssl_x509.h"
#include "crypto/pem.h"

namespace esplane::crypto {
namespace {

using ExtensionStack = STACK_OF(X509_EXTENSION);

struct FreeExtensions {
    void operator()(ExtensionStack* stack) const { sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free); }
};
using Extensions = std::unique_ptr<ExtensionStack, FreeExtensions>;

constexpr const char* kGatewayPurposes = "1.3.6.1.5.5.7.3.17,serverAuth,clientAuth";  // the first is ipsecIKE
constexpr std::size_t kSerialOctets = 16;
constexpr std::size_t kLongestCommonName = 64;  // RFC 5280 A.1

/// Null for an identity that no certificate can hold.
GENERAL_NAME* general_name(const Identity& identity) {
    const bool is_address = identity.kind == IdentityKind::kIpv4 || identity.kind == IdentityKind::kIpv6;
    if (identity.kind == IdentityKind::kDistinguishedName || (!is_address && !is_plain_name(identity.value)))
        return nullptr;
    GENERAL_NAME* name = GENERAL_NAME_new();
    ASN1_STRING* value = ASN1_STRING_type_new(is_address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    require(
        name && value && ASN1_STRING_set(value, identity.value.data(), static_cast<int>(identity.value.size())) == 1,
        "OpenSSL has no memory for a name");
    const bool is_email = identity.kind == IdentityKind::kEmail;
    GENERAL_NAME_set0_value(name, is_address ? GEN_IPADD : is_email ? GEN_EMAIL : GEN_DNS, value);
    return name;
}

Result<GeneralNames, std::string> general_names(const std::vector<Identity>& identities) {
    if (identities.empty()) return Failure{std::string("a gateway's certificate needs an identity")};
    GeneralNames names(sk_GENERAL_NAME_new_null());
    for (const Identity& identity : identities) {
        GENERAL_NAME* name = general_name(identity);
        if (name == nullptr) {
            return Failure{
                "'" + to_text(identity) +
                "' is no identity for a certificate: names and e-mail addresses of printable ASCII, IPv4 and "
                "IPv6 addresses are"};
        }
        require(sk_GENERAL_NAME_push(names.get(), name) > 0, "OpenSSL has no memory for a name");
    }
    return names;
}

Result<X509Name, std::string> common_name(const std::string& text) {
    if (text.empty() || text.size() > kLongestCommonName) {
        return Failure{"the name '" + to_text(Identity{IdentityKind::kFqdn, to_bytes(as_bytes(text))}) + "' has " +
                       std::to_string(text.size()) + " octets; a certificate takes 1 to " +
                       std::to_string(kLongestCommonName)};
    }
    X509Name name(X509_NAME_new());
    if (!name ||
        X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8, reinterpret_cast<const std::uint8_t*>(text.data()),
                                   static_cast<int>(text.size()), -1, 0) != 1) {
        return Failure{std::string("the name is not UTF-8")};
    }
    return name;
}

/// The common name is a label for people: what does not fit is cut, for the names that count are in subjectAltName.
Result<X509Name, std::string> name_after(const Identity& identity) {
    return common_name(to_text(identity).substr(0, kLongestCommonName));
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509V3_set_ctx_nodb(&context);
    const X509Extension extension(X509V3_EXT_nconf_nid(nullptr, &context, nid, value));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "OpenSSL failed to make an extension");
}

/// All but names of the issuer, extensions and signature.
X509Handle blank(const X509_NAME* subject, const PublicKey& key, Validity validity, Random& random) {
    X509Handle certificate(X509_new());
    Bytes serial = random.bytes(kSerialOctets);
    serial.front() = static_cast<std::uint8_t>((serial.front() & 0x7f) | 0x40);  // positive, and of full length
    const Bignum number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    require(certificate && number && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
                X509_set_subject_name(certificate.get(), subject) == 1 &&
                X509_set1_notBefore(certificate.get(), to_asn1(validity.from).get()) == 1 &&
                X509_set1_notAfter(certificate.get(), to_asn1(validity.to).get()) == 1 &&
                X509_set_pubkey(certificate.get(), key.handle()) == 1,
            "OpenSSL failed to make a certificate");
    return certificate;
}

Certificate signed_by(X509* certificate, const PrivateKey& key) {
    require(X509_sign(certificate, key.handle(), hash_for(key.kind())) > 0, "OpenSSL failed to sign a certificate");
    return Certificate::from_der(to_der<i2d_X509>(certificate)).value();
}

}  // namespace

PrivateKey generate_key(NewKey kind) {
    EVP_PKEY* key = nullptr;
    switch (kind) {
        case NewKey::kEcdsa256:
            key = EVP_EC_gen("P-256");
            break;
        case NewKey::kEcdsa384:
            key = EVP_EC_gen("P-384");
            break;
        case NewKey::kEd25519:
            key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
            break;
        case NewKey::kRsa3072:
            key = EVP_RSA_gen(3072);
            break;
    }
    require(key != nullptr, "OpenSSL failed to make a key");
    return PrivateKey::of({key, EVP_PKEY_free}).value();
}

Result<Certificate, std::string> make_ca(const std::string& name, const PrivateKey& key, Validity validity,
                                         Random& random) {
    const DropErrors drop_errors;
    const auto subject = common_name(name);
    if (!subject) return Failure{subject.error()};
    const X509Handle made = blank(subject->get(), key.public_key(), validity, random);
    X509* certificate = made.get();
    X509_set_issuer_name(certificate, subject->get());
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    return signed_by(certificate, key);
}

Result<Certificate, std::string> make_gateway(const std::vector<Identity>& identities, const PublicKey& key,
                                              const Authority& ca, Validity validity, Random& random) {
    const DropErrors drop_errors;
    const auto names = general_names(identities);
    if (!names) return Failure{names.error()};
    const auto subject = name_after(identities.front());
    if (!subject) return Failure{subject.error()};
    if (validity.to > ca.certificate.not_after()) {
        return Failure{std::string("the certificate would outlive its CA; ask for fewer days, or make a new CA")};
    }
    const X509Handle made = blank(subject->get(), key, validity, random);
    X509* certificate = made.get();
    X509* issuer = ca.certificate.handle();
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, issuer, NID_ext_key_usage, kGatewayPurposes);
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    require(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names->get(), 0, X509V3_ADD_DEFAULT) == 1,
            "OpenSSL failed to make an extension");
    return signed_by(certificate, ca.key);
}

Result<std::string, std::string> make_request(const std::vector<Identity>& identities, const PrivateKey& key) {
    const DropErrors drop_errors;
    const auto names = general_names(identities);
    if (!names) return Failure{names.error()};
    const auto subject = name_after(identities.front());
    if (!subject) return Failure{subject.error()};
    ExtensionStack* stack = nullptr;
    require(X509V3_add1_i2d(&stack, NID_subject_alt_name, names->get(), 0, X509V3_ADD_DEFAULT) == 1,
            "OpenSSL failed to make an extension");
    const Extensions extensions(stack);
    const X509Request request(X509_REQ_new());
    require(request && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                X509_REQ_set_subject_name(request.get(), subject->get()) == 1 &&
                X509_REQ_set_pubkey(request.get(), key.handle()) == 1 &&
                X509_REQ_add_extensions(request.get(), stack) == 1 &&
                X509_REQ_sign(request.get(), key.handle(), hash_for(key.kind())) > 0,
            "OpenSSL failed to make a request");
    return to_pem("CERTIFICATE REQUEST", to_der<i2d_X509_REQ>(request.get()));
}

Result<CertificateRequest, std::string> parse_request(std::string_view pem) {
    const DropErrors drop_errors;
    const auto blocks = parse_pem(pem);
    if (!blocks) return Failure{blocks.error()};
    if (blocks->size() != 1 ||
        (blocks->front().label != "CERTIFICATE REQUEST" && blocks->front().label != "NEW CERTIFICATE REQUEST")) {
        return Failure{std::string("this is not one request (-----BEGIN CERTIFICATE REQUEST-----)")};
    }
    const ByteView der = blocks->front().content.view();
    const std::uint8_t* at = der.data();
    const X509Request request(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
    if (!request || at != der.data() + der.size()) return Failure{std::string("the request cannot be read")};
    auto key = PublicKey::of({X509_REQ_get_pubkey(request.get()), EVP_PKEY_free});
    if (!key) return Failure{key.error()};
    if (X509_REQ_verify(request.get(), key->handle()) != 1) {
        return Failure{std::string("the request is not signed with the key that it shows")};
    }
    const Extensions extensions(X509_REQ_get_extensions(request.get()));
    const GeneralNames names(
        static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
    auto identities = identities_of(names.get());
    if (identities.empty()) return Failure{std::string("the request names no identity in subjectAltName")};
    return CertificateRequest{std::move(identities), std::move(*key)};
}

}  // namespace esplane::crypto
