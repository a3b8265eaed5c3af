// CRLs and OCSP responses for tests, made by OpenSSL alone.
#pragma once

#include <optional>
#include <vector>

#include "tests/unit/crypto/test_authority.h"

namespace esplane::crypto::test {

struct CrlWish {
    std::vector<Certificate> revoked;
    std::chrono::sys_seconds from = kNow - kDay;
    std::optional<std::chrono::sys_seconds> to = kNow + kDay;
    const char* hash = "SHA2-256";
    bool is_partial = false;  ///< limited by an IssuingDistributionPoint
};

/// DER. Signed by `signer`'s key in the name of `issuer`.
Bytes make_crl(const CrlWish& wish, const Made& issuer, const Made& signer);
inline Bytes make_crl(const CrlWish& wish, const Made& issuer) {
    return make_crl(wish, issuer, issuer);
}

struct OcspWish {
    int status = 0;  ///< V_OCSP_CERTSTATUS_*: good
    std::chrono::sys_seconds from = kNow - kDay;
    std::optional<std::chrono::sys_seconds> to = kNow + kDay;
    const char* hash = "SHA2-256";
};

/// DER, about `certificate` of `issuer`, signed by `signer`, whose certificate lies within.
Bytes make_ocsp(const OcspWish& wish, const Certificate& certificate, const Made& issuer, const Made& signer);

}  // namespace esplane::crypto::test
