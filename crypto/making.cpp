#include "crypto/making.h"

namespace esplane::crypto {

const EVP_MD* hash_for(KeyKind kind) {
    switch (kind) {
        case KeyKind::kP384:
            return EVP_sha384();
        case KeyKind::kP521:
            return EVP_sha512();
        case KeyKind::kEd25519:
            return nullptr;
        case KeyKind::kRsa:
        case KeyKind::kP256:
            break;
    }
    return EVP_sha256();
}

Asn1Time to_asn1(std::chrono::sys_seconds time) {
    Asn1Time made(ASN1_TIME_set(nullptr, time.time_since_epoch().count()));
    require(made != nullptr, "OpenSSL failed to write a time");
    return made;
}

}  // namespace esplane::crypto
