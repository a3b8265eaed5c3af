// OpenSSL's handles around certificates as owning pointers, and its DER as octets. Internal to crypto/.
#pragma once

#include <openssl/bio.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <optional>
#include <string>

#include "crypto/bytes.h"
#include "crypto/openssl.h"
#include "crypto/require.h"

namespace esplane::crypto {

using Asn1Integer = std::unique_ptr<ASN1_INTEGER, FreeWith<ASN1_INTEGER_free>>;
using Asn1Time = std::unique_ptr<ASN1_TIME, FreeWith<ASN1_TIME_free>>;
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;
using X509Crl = std::unique_ptr<X509_CRL, FreeWith<X509_CRL_free>>;
using X509Extension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using X509Handle = std::unique_ptr<X509, FreeWith<X509_free>>;
using X509Name = std::unique_ptr<X509_NAME, FreeWith<X509_NAME_free>>;
using X509Request = std::unique_ptr<X509_REQ, FreeWith<X509_REQ_free>>;

struct FreeStrings {
    void operator()(STACK_OF(OPENSSL_STRING) * list) const { X509_email_free(list); }
};
using OpensslStrings = std::unique_ptr<STACK_OF(OPENSSL_STRING), FreeStrings>;

/// Owns the list, not what is in it.
struct FreeListOnly {
    void operator()(STACK_OF(X509) * list) const { sk_X509_free(list); }
};
using BorrowedCertificates = std::unique_ptr<STACK_OF(X509), FreeListOnly>;

/// The DER of what OpenSSL holds, by its function for the type. Aborts if it cannot: what it holds can be written.
template <auto kEncode, typename Handle>
Bytes to_der(const Handle* handle) {
    Handle* mutable_handle = const_cast<Handle*>(handle);  // some of these functions forget const
    const int length = kEncode(mutable_handle, nullptr);
    require(length > 0, "OpenSSL failed to encode what it holds");
    Bytes der(static_cast<std::size_t>(length));
    std::uint8_t* to = der.data();
    kEncode(mutable_handle, &to);
    return der;
}

/// What was written into a BIO in memory.
inline std::string to_text(BIO& memory) {
    char* text = nullptr;
    const long length = BIO_get_mem_data(&memory, &text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

/// Empty when OpenSSL cannot read the time.
inline std::optional<std::chrono::sys_seconds> to_seconds(const ASN1_TIME* time) {
    std::tm broken{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &broken) != 1) return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&broken)));
}

}  // namespace esplane::crypto
