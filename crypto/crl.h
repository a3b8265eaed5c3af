// Certificate revocation lists (RFC 5280 5), as far as they tell of one certificate.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/result.h"

struct X509_crl_st;  // OpenSSL's list, whose headers stay inside crypto/

namespace esplane::crypto {

enum class Revocation { kGood, kRevoked, kUnknown };

/// Copies share it.
class Crl {
  public:
    /// One list in DER, or one or more in PEM. Errors are sentences.
    static Result<std::vector<Crl>, std::string> parse(ByteView der_or_pem);

    /// What this list says of `certificate`, whose issuer is `issuer`. kUnknown when the list is another's, is not
    /// signed by `issuer` or too weakly. A list that is out of date, not yet valid, a delta, or limited to a part of
    /// the issuer's certificates (IssuingDistributionPoint) revokes, but says kGood of nothing.
    Revocation status(const Certificate& certificate, const Certificate& issuer, std::chrono::sys_seconds now) const;

    std::string issuer() const;  ///< printable
    std::chrono::sys_seconds this_update() const;
    std::chrono::sys_seconds next_update() const;  ///< the distant past when the list does not say

    X509_crl_st* handle() const { return handle_.get(); }  ///< for crypto/ only; lives as long as this

  private:
    static Result<Crl, std::string> from_der(ByteView der);
    explicit Crl(std::shared_ptr<X509_crl_st> handle) : handle_(std::move(handle)) {}
    std::shared_ptr<X509_crl_st> handle_;
};

}  // namespace esplane::crypto
