// What OpenSSL has to say of a handshake, in words for the operator. Internal to crypto/.
#pragma once

#include <string>

#include "crypto/certificate_fault.h"

namespace esplane::crypto {

/// The end of a sentence about the other side, for the description of an alert that it has sent (RFC 5246 7.2).
std::string words_for_alert(int description);

/// The same for an error of OpenSSL's queue.
std::string words_for_tls_error(unsigned long error);

/// The X509_V_ERR_* that has OpenSSL send the alert for it.
int openssl_error_of(CertificateFault::Code code);

}  // namespace esplane::crypto
