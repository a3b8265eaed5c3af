#include "crypto/prf.h"

#include <algorithm>

#include "crypto/hmac.h"
#include "crypto/openssl.h"
#include "crypto/require.h"

namespace esplane::crypto {

Secret prf(PrfId id, ByteView key, std::initializer_list<ByteView> parts) {
    Hmac hmac(hash_of(id), key);
    for (const ByteView part : parts) {
        hmac.update(part);
    }
    Secret result(output_length(id));
    hmac.finish(result.writable());
    return result;
}

// RFC 7296 2.13: prf+ (K, S) = T1 | T2 | ... with T1 = prf (K, S | 0x01) and Tn = prf (K, Tn-1 | S | n).
Secret prf_plus(PrfId id, ByteView key, std::initializer_list<ByteView> parts, std::size_t length) {
    require(length <= 255 * output_length(id), "prf+ was asked for more than 255 outputs");
    Secret keymat(length);
    Secret block;  // T0 is empty
    MutableByteView rest = keymat.writable();
    Hmac hmac(hash_of(id), key);
    for (std::uint8_t count = 1; !rest.empty(); ++count) {
        if (count > 1) hmac.restart();
        hmac.update(block.view());
        for (const ByteView part : parts) {
            hmac.update(part);
        }
        hmac.update({&count, 1});
        block = Secret(output_length(id));
        hmac.finish(block.writable());
        const std::size_t taken = std::min(rest.size(), block.size());
        std::copy_n(block.view().begin(), taken, rest.begin());
        rest = rest.subspan(taken);
    }
    return keymat;
}

Bytes sha1(std::initializer_list<ByteView> parts) {
    static const Digest digest(EVP_MD_fetch(nullptr, "SHA1", nullptr));
    const DigestContext context(EVP_MD_CTX_new());
    bool done = digest && context && EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) == 1;
    for (const ByteView part : parts) {
        done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    Bytes hash(20);
    require(done && EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1, "OpenSSL failed to compute SHA-1");
    return hash;
}

}  // namespace esplane::crypto
