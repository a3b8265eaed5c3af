#include "crypto/trust.h"

#include <algorithm>
#include <utility>

#include "crypto/certificate_use.h"
#include "crypto/ocsp.h"
#include "crypto/openssl_x509.h"

namespace esplane::crypto {
namespace {

using Code = CertificateFault::Code;
using Context = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

constexpr int kMostIntermediates = 5;
constexpr int kSecurityLevel = 2;  // 112 bits: RSA from 2048, no SHA-1, no MD5

Failure<CertificateFault> fault(Code code, const Certificate& certificate, std::string_view words) {
    return {CertificateFault{code, "the certificate of " + certificate.subject() + " (serial " + certificate.serial() +
                                       ") " + std::string(words)}};
}

/// Of the leaf when OpenSSL does not say which.
Failure<CertificateFault> fault_of(X509_STORE_CTX* context, const Certificate& leaf) {
    const Reason reason = reason_of(X509_STORE_CTX_get_error(context));
    X509* at = X509_STORE_CTX_get_current_cert(context);
    if (at == nullptr) return fault(reason.code, leaf, reason.words);
    X509_up_ref(at);
    return fault(reason.code, Certificate(std::shared_ptr<X509>(at, X509_free)), reason.words);
}

std::vector<Certificate> chain_of(X509_STORE_CTX* context) {
    std::vector<Certificate> chain;
    const STACK_OF(X509)* verified = X509_STORE_CTX_get0_chain(context);
    for (int i = 0; i < sk_X509_num(verified); ++i) {
        X509* certificate = sk_X509_value(verified, i);
        X509_up_ref(certificate);
        chain.emplace_back(std::shared_ptr<X509>(certificate, X509_free));
    }
    return chain;
}

/// From the leaf to the trusted CA.
Result<std::vector<Certificate>, CertificateFault> build_chain(X509_STORE* store,
                                                               const TrustStore::Question& question) {
    const BorrowedCertificates untrusted(sk_X509_new_null());
    for (const Certificate& intermediate : question.intermediates) {
        require(sk_X509_push(untrusted.get(), intermediate.handle()) > 0, "OpenSSL has no memory for certificates");
    }
    const Context context(X509_STORE_CTX_new());
    require(context && X509_STORE_CTX_init(context.get(), store, question.leaf.handle(), untrusted.get()) == 1,
            "OpenSSL failed to set up a verification");
    X509_STORE_CTX_set_time(context.get(), 0, std::chrono::system_clock::to_time_t(question.now));
    if (X509_verify_cert(context.get()) != 1) return fault_of(context.get(), question.leaf);
    return chain_of(context.get());
}

/// RFC 4945 5.1.3.2: whoever authenticates itself signs.
bool may_sign(X509* certificate) {  // all bits are set where the extension is not
    return (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

Result<void, CertificateFault> check_usage(const std::vector<Certificate>& chain, CertificateUse use) {
    const Certificate& leaf = chain.front();
    if (const auto key = leaf.public_key(); !key) return fault(Code::kWeakKey, leaf, "is of no use: " + key.error());
    if (!may_sign(leaf.handle())) return fault(Code::kWrongUsage, leaf, "must not sign: its keyUsage forbids it");
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
        if (const auto misuse = misuse_of(chain[i], use); !misuse.empty())
            return fault(Code::kWrongUsage, chain[i], misuse);
    }
    return {};
}

std::chrono::sys_seconds seconds(std::chrono::system_clock::time_point now) {
    return std::chrono::floor<std::chrono::seconds>(now);
}

}  // namespace

Result<TrustStore, std::string> TrustStore::of(std::vector<Certificate> cas) {
    const DropErrors drop_errors;
    if (cas.empty()) return Failure{std::string("there is no CA to trust")};
    TrustStore trust;
    trust.store_ = std::shared_ptr<X509_STORE>(X509_STORE_new(), X509_STORE_free);
    require(trust.store_ != nullptr, "OpenSSL has no memory for certificates");
    X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(trust.store_.get());
    X509_VERIFY_PARAM_set_depth(parameters, kMostIntermediates);
    X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);  // a CA below the root may be trusted, too
    for (const Certificate& ca : cas) {
        if (X509_check_ca(ca.handle()) == 0) return Failure{"the certificate of " + ca.subject() + " is no CA's"};
        require(X509_STORE_add_cert(trust.store_.get(), ca.handle()) == 1, "OpenSSL has no memory for certificates");
    }
    trust.cas_ = std::move(cas);
    return trust;
}

Result<void, CertificateFault> TrustStore::verify(const Question& question) const {
    const DropErrors drop_errors;
    const auto chain = build_chain(store_.get(), question);
    if (!chain) return Failure{chain.error()};
    if (auto usable = check_usage(*chain, question.use); !usable) return usable;
    return check_revocation(*chain, question);
}

std::optional<TrustStore::Link> TrustStore::undecided(const Question& question) const {
    const DropErrors drop_errors;
    const auto chain = build_chain(store_.get(), question);
    if (!chain || question.revocation == RevocationPolicy::kOff) return std::nullopt;
    for (std::size_t i = 0; i + 1 < chain->size(); ++i) {
        if (verdict(*chain, i, question) == Revocation::kUnknown) return Link{(*chain)[i], (*chain)[i + 1]};
    }
    return std::nullopt;
}

Revocation TrustStore::listed(const Certificate& certificate, const Certificate& issuer,
                              std::chrono::sys_seconds now) const {
    Revocation verdict = Revocation::kUnknown;
    for (const Crl& crl : crls_) {
        const Revocation said = crl.status(certificate, issuer, now);
        if (said == Revocation::kRevoked) return said;
        if (said == Revocation::kGood) verdict = said;
    }
    return verdict;
}

/// Whoever says that it is revoked is right.
Revocation TrustStore::verdict(const std::vector<Certificate>& chain, std::size_t index,
                               const Question& question) const {
    const Certificate& certificate = chain[index];
    const auto now = seconds(question.now);
    Revocation verdict = listed(certificate, chain[index + 1], now);
    const ByteView responses[] = {index == 0 ? question.ocsp_response : ByteView(),
                                  question.fetched ? question.fetched(certificate) : ByteView()};
    for (const ByteView response : responses) {
        if (verdict == Revocation::kRevoked || response.empty()) continue;
        const OcspStatus said = check_ocsp(response, certificate, chain[index + 1], now);
        if (said == OcspStatus::kGood) verdict = Revocation::kGood;
        if (said == OcspStatus::kRevoked) verdict = Revocation::kRevoked;
    }
    return verdict;
}

Result<void, CertificateFault> TrustStore::check_revocation(const std::vector<Certificate>& chain,
                                                            const Question& question) const {
    if (question.revocation == RevocationPolicy::kOff) return {};
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
        const Revocation said = verdict(chain, i, question);
        if (said == Revocation::kRevoked) return fault(Code::kRevoked, chain[i], "has been revoked");
        if (said == Revocation::kUnknown && question.revocation == RevocationPolicy::kStrict) {
            return fault(Code::kRevocationUnknown, chain[i],
                         "may have been revoked: there is no current CRL of its issuer " + chain[i].issuer() +
                             ", nor an OCSP response, that vouches for it");
        }
    }
    return {};
}

}  // namespace esplane::crypto
