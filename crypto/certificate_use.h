// What extendedKeyUsage allows.
#pragma once

#include <string_view>

#include "crypto/certificate.h"
#include "crypto/trust.h"

namespace esplane::crypto {

/// Empty when the certificate allows the use; else what is wrong, to stand behind its name.
std::string_view misuse_of(const Certificate& certificate, CertificateUse use);

}  // namespace esplane::crypto
