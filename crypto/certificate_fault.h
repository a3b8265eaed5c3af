// Why a certificate is not trusted.
#pragma once

#include <string>
#include <string_view>

namespace esplane::crypto {

struct CertificateFault {
    enum class Code {
        kExpired,
        kNotYetValid,
        kSelfSigned,  ///< and not trusted itself
        kUnknownCa,
        kWrongUsage,  ///< keyUsage, extendedKeyUsage, or an issuer that is no CA
        kPathTooLong,
        kNameConstraint,
        kRevoked,
        kRevocationUnknown,
        kBadSignature,
        kWeakKey,
        kWeakSignature,
        kOther,
    };

    Code code = Code::kOther;
    std::string message;  ///< a sentence that names the certificate, printable
};

/// Stable, for programs: "expired", "unknown_ca", ...
std::string_view name(CertificateFault::Code code);

/// The code and the reason for an X509_V_ERR_* of OpenSSL's, as words to stand behind the certificate's name. For
/// crypto/ only.
struct Reason {
    CertificateFault::Code code;
    std::string_view words;
};
Reason reason_of(int openssl_error);

}  // namespace esplane::crypto
