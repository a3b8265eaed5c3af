// Requests and responses of OCSP (RFC 6960). Whoever gets them from where is not decided here.
#pragma once

#include <chrono>

#include "crypto/certificate.h"

namespace esplane::crypto {

enum class OcspStatus {
    kGood,
    kRevoked,  ///< also from a response that is out of date: what was revoked stays so
    kUnknown,  ///< the responder does not know the certificate
    kInvalid,  ///< no response, another certificate's, out of date, or signed by somebody who may not
};

/// `response` is an OCSPResponse in DER, as the CERT payload of encoding 14 holds it. Its signer must be `issuer`, or
/// have a certificate by it for id-kp-OCSPSigning. Clocks may differ by five minutes.
OcspStatus check_ocsp(ByteView response, const Certificate& certificate, const Certificate& issuer,
                      std::chrono::sys_seconds now);

/// An OCSPRequest in DER: without a nonce, so that a responder may answer with what it has at hand (RFC 5019 2.1).
Bytes make_ocsp_request(const Certificate& certificate, const Certificate& issuer);

}  // namespace esplane::crypto
