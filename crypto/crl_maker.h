// Makes the certificate revocation lists of a CA of one's own (certificate_maker.h).
#pragma once

#include <string>

#include "crypto/certificate_maker.h"
#include "crypto/crl.h"

namespace esplane::crypto {

/// CRLs in PEM. The first of a CA is empty; the next lists what `former`, which may be null, did, and `certificate`,
/// which `ca` must have issued; renewing one makes it current again.
std::string make_empty_crl(const Authority& ca, Validity validity);
Result<std::string, std::string> revoke(const Certificate& certificate, const Crl* former, const Authority& ca,
                                        Validity validity);
std::string renew(const Crl& former, const Authority& ca, Validity validity);

}  // namespace esplane::crypto
