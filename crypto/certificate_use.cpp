#include "crypto/certificate_use.h"

#include "crypto/openssl_x509.h"

namespace esplane::crypto {
namespace {

using KeyPurposes = std::unique_ptr<EXTENDED_KEY_USAGE, FreeWith<EXTENDED_KEY_USAGE_free>>;

bool serves(int purpose, CertificateUse use) {
    if (purpose == NID_anyExtendedKeyUsage) return true;
    const bool ike = use == CertificateUse::kIke;
    switch (purpose) {
        case NID_ipsec_IKE:
            return ike;
        case NID_server_auth:
            return ike || use == CertificateUse::kTlsServer;
        case NID_client_auth:
            return ike || use == CertificateUse::kTlsClient;
        default:
            return false;
    }
}

bool may_serve(X509* certificate, CertificateUse use) {
    int found = 0;
    const KeyPurposes purposes(
        static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(certificate, NID_ext_key_usage, &found, nullptr)));
    if (!purposes) return found == -1;  // there is none; else there are two, or one that cannot be read
    for (int i = 0; i < sk_ASN1_OBJECT_num(purposes.get()); ++i) {
        if (serves(OBJ_obj2nid(sk_ASN1_OBJECT_value(purposes.get(), i)), use)) return true;
    }
    return false;
}

}  // namespace

std::string_view misuse_of(const Certificate& certificate, CertificateUse use) {
    const DropErrors drop_errors;
    if (may_serve(certificate.handle(), use)) return {};
    switch (use) {
        case CertificateUse::kTlsServer:
            return "is not meant for a TLS server: its extendedKeyUsage lacks serverAuth";
        case CertificateUse::kTlsClient:
            return "is not meant for a TLS client: its extendedKeyUsage lacks clientAuth";
        case CertificateUse::kIke:
            break;
    }
    return "is not meant for IKE: its extendedKeyUsage names other purposes";
}

}  // namespace esplane::crypto
