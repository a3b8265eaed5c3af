// One X.509 certificate (RFC 5280), as read; whether to trust it is decided elsewhere (trust.h).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/identity.h"
#include "crypto/result.h"
#include "crypto/signature.h"

struct x509_st;  // OpenSSL's certificate, whose headers stay inside crypto/

namespace esplane::crypto {

/// Copies share it. All text is one line of printable ASCII, whatever the certificate holds.
class Certificate {
  public:
    /// Exactly one certificate in DER. Errors are sentences.
    static Result<Certificate, std::string> from_der(ByteView der);
    /// The certificates of a text, in order, at least one; other blocks, such as a key, are skipped.
    static Result<std::vector<Certificate>, std::string> from_pem(std::string_view text);

    Bytes der() const;
    std::string pem() const;
    Bytes subject_der() const;
    Bytes issuer_der() const;
    std::string subject() const;  ///< RFC 2253: "CN=gw,O=Example"
    std::string issuer() const;
    std::string serial() const;       ///< hexadecimal
    std::string fingerprint() const;  ///< SHA2-256 of the DER, hexadecimal

    /// Those of subjectAltName that IKE has a kind for. Names with other than printable ASCII, and those with a
    /// wildcard, are left out: they are nobody's.
    std::vector<Identity> alternative_names() const;
    /// Whether the certificate holds this identity: it is in subjectAltName, or it is the subject (a
    /// distinguished name). Names are compared without regard to case (RFC 4945 3.1, 5.1.3.6).
    bool identity_fits(const Identity& identity) const;

    /// Where its issuer answers for it by OCSP over HTTP (RFC 5280 4.2.2.1), in the order of the certificate.
    std::vector<std::string> ocsp_urls() const;
    /// Whether there is a subjectAltName, of whatever names.
    bool has_alternative_names() const;
    /// The subject's CN; empty where there is none, several, or one with other than printable ASCII, a blank or a
    /// wildcard.
    std::string common_name() const;

    /// The error says why the key is of no use.
    Result<PublicKey, std::string> public_key() const;
    /// SHA-1 of SubjectPublicKeyInfo: how CERTREQ names a CA (RFC 7296 3.7).
    Bytes key_hash() const;
    std::chrono::sys_seconds not_before() const;
    std::chrono::sys_seconds not_after() const;
    bool is_ca() const;  ///< by basicConstraints and keyUsage
    /// Issuer and subject are the same, and so is the key that signed it.
    bool is_self_signed() const;

    x509_st* handle() const { return handle_.get(); }  ///< for crypto/ only; lives as long as this
    /// For crypto/ only. The certificate must have times that can be read.
    explicit Certificate(std::shared_ptr<x509_st> handle) : handle_(std::move(handle)) {}

  private:
    std::shared_ptr<x509_st> handle_;
};

}  // namespace esplane::crypto
