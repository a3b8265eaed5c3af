// Whether a certificate is to be trusted (RFC 5280 6, with RFC 4945 5.1.3 for IKE). Nothing is fetched here.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/certificate_fault.h"
#include "crypto/crl.h"
#include "crypto/result.h"

struct x509_store_st;  // OpenSSL's, whose headers stay inside crypto/

namespace esplane::crypto {

enum class RevocationPolicy {
    kStrict,   ///< a current CRL, or OCSP response, must vouch for every certificate below the trusted CA
    kRelaxed,  ///< only what is known to be revoked is refused
    kOff,
};

/// What a peer does with its certificate, which extendedKeyUsage must not forbid where it is there.
enum class CertificateUse {
    kIke,        ///< RFC 4945 5.1.3.12: IKE itself, any purpose, or TLS of either side, as many CAs issue them
    kTlsServer,  ///< RFC 5280 4.2.1.12: serverAuth, or any purpose
    kTlsClient,  ///< clientAuth, or any purpose
};

/// CAs that are trusted, and what is known of revoked certificates. Copies share the CAs.
class TrustStore {
  public:
    /// At least one CA; one that another has signed will do as well. The error names the certificate that is no CA.
    static Result<TrustStore, std::string> of(std::vector<Certificate> cas);

    void add_crls(const std::vector<Crl>& crls) { crls_.insert(crls_.end(), crls.begin(), crls.end()); }
    const std::vector<Certificate>& cas() const { return cas_; }

    struct Question {
        const Certificate& leaf;
        const std::vector<Certificate>& intermediates;  ///< in any order, as the peer sent them
        std::chrono::system_clock::time_point now;
        RevocationPolicy revocation = RevocationPolicy::kRelaxed;
        ByteView ocsp_response = {};  ///< of the leaf (RFC 4806); empty: there is none
        /// The OCSP response for a certificate of the chain that was got otherwise; empty: there is none.
        std::function<ByteView(const Certificate&)> fetched = nullptr;
        CertificateUse use = CertificateUse::kIke;
    };
    /// Whether the leaf may authenticate a peer: a chain of at most five intermediates to a trusted CA, all
    /// valid now, of sufficient strength, allowed to do what they do, and not revoked. Whom it speaks for is
    /// Certificate::identity_fits.
    Result<void, CertificateFault> verify(const Question& question) const;

    struct Link {
        Certificate certificate;
        Certificate issuer;
    };
    /// Of a chain that verify() believes: the first certificate that nothing says of whether it is revoked. Empty when
    /// there is none, or nobody wants to know.
    std::optional<Link> undecided(const Question& question) const;

  private:
    TrustStore() = default;
    Revocation listed(const Certificate& certificate, const Certificate& issuer, std::chrono::sys_seconds now) const;
    Revocation verdict(const std::vector<Certificate>& chain, std::size_t index, const Question& question) const;
    Result<void, CertificateFault> check_revocation(const std::vector<Certificate>& chain,
                                                    const Question& question) const;

    std::vector<Certificate> cas_;
    std::shared_ptr<x509_store_st> store_;
    std::vector<Crl> crls_;
};

}  // namespace esplane::crypto
