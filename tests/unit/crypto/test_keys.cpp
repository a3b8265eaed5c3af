#include "tests/unit/crypto/test_keys.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <map>

#include "crypto/require.h"

namespace esplane::crypto::test {
namespace {

SharedKey adopt(EVP_PKEY* key) {
    require(key != nullptr, "OpenSSL made no key for a test");
    return {key, EVP_PKEY_free};
}

}  // namespace

SharedKey make_key(const std::string& kind) {
    if (kind.starts_with("ED")) return adopt(EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str()));
    if (!kind.starts_with("RSA-")) return adopt(EVP_EC_gen(kind.c_str()));
    static std::map<std::string, SharedKey> made;
    SharedKey& key = made[kind];
    if (!key) key = adopt(EVP_RSA_gen(std::stoul(kind.substr(4))));
    return key;
}

}  // namespace esplane::crypto::test
