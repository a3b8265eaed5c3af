#include "crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "crypto/require.h"
#include "crypto/secret.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kLongestOutput = 64;

MacContext make_prototype(const char* hash_name) {
    const Mac mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    MacContext context(EVP_MAC_CTX_new(mac.get()));
    const std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(hash_name), 0),
        OSSL_PARAM_construct_end(),
    };
    require(context && EVP_MAC_CTX_set_params(context.get(), params.data()) == 1, "OpenSSL has no HMAC with SHA-2");
    return context;
}

/// A context that knows its hash but no key. Looking algorithms up by name costs more than computing with them, so it
/// is done once and the result copied.
const EVP_MAC_CTX* prototype(HashId hash) {
    static const std::array prototypes{make_prototype("SHA2-256"), make_prototype("SHA2-384"),
                                       make_prototype("SHA2-512")};
    return prototypes.at(static_cast<std::size_t>(hash)).get();
}

}  // namespace

HashId hash_of(PrfId id) {
    switch (id) {
        case PrfId::kHmacSha256:
            return HashId::kSha256;
        case PrfId::kHmacSha384:
            return HashId::kSha384;
        case PrfId::kHmacSha512:
            return HashId::kSha512;
    }
    require(false, "a PRF that does not exist was asked for its hash");
    return HashId::kSha256;
}

HashId hash_of(IntegId id) {
    switch (id) {
        case IntegId::kHmacSha256_128:
            return HashId::kSha256;
        case IntegId::kHmacSha384_192:
            return HashId::kSha384;
        case IntegId::kHmacSha512_256:
            return HashId::kSha512;
        case IntegId::kNone:
            break;
    }
    require(false, "an integrity transform without a hash was asked for it");
    return HashId::kSha256;
}

Hmac::Hmac(HashId hash, ByteView key) : context_(EVP_MAC_CTX_dup(prototype(hash))) {
    // To OpenSSL a null key means "the one set before"; an empty key is a key.
    const std::uint8_t no_octets = 0;
    const std::uint8_t* octets = key.empty() ? &no_octets : key.data();
    require(context_ && EVP_MAC_init(context_.get(), octets, key.size(), nullptr) == 1, "OpenSSL refused an HMAC key");
}

void Hmac::update(ByteView piece) {
    require(EVP_MAC_update(context_.get(), piece.data(), piece.size()) == 1, "OpenSSL failed to compute an HMAC");
}

void Hmac::finish(MutableByteView out) {
    std::array<std::uint8_t, kLongestOutput> result;
    std::size_t length = 0;
    require(EVP_MAC_final(context_.get(), result.data(), &length, result.size()) == 1 && out.size() <= length,
            "OpenSSL failed to finish an HMAC");
    std::copy_n(result.begin(), out.size(), out.begin());
    wipe(result);
}

void Hmac::restart() {
    require(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1, "OpenSSL failed to start an HMAC again");
}

}  // namespace esplane::crypto
