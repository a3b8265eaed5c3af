// OpenSSL's handles as owning pointers. Internal to crypto/: nothing outside it sees OpenSSL.
#pragma once

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

namespace esplane::crypto {

template <auto kFree>
struct FreeWith {
    template <typename Handle>
    void operator()(Handle* handle) const {
        kFree(handle);
    }
};

using Bignum = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, FreeWith<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;

/// Drops the errors that OpenSSL queues within a scope: what a peer sends must not turn up later as somebody else's.
class DropErrors {
  public:
    DropErrors() { ERR_set_mark(); }
    ~DropErrors() { ERR_pop_to_mark(); }
    DropErrors(const DropErrors&) = delete;
    DropErrors& operator=(const DropErrors&) = delete;
};

}  // namespace esplane::crypto
