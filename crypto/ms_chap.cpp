#include "crypto/ms_chap.h"

#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "crypto/openssl.h"
#include "crypto/require.h"
#include "crypto/utf16.h"

namespace esplane::crypto {
namespace {

using Provider = std::unique_ptr<OSSL_PROVIDER, FreeWith<OSSL_PROVIDER_unload>>;
using Library = std::unique_ptr<OSSL_LIB_CTX, FreeWith<OSSL_LIB_CTX_free>>;

constexpr std::size_t kMostUnits = 256;  // RFC 2759 8.3
constexpr std::size_t kSha1 = 20;
constexpr std::size_t kDesBlock = 8;
constexpr std::size_t kDesKey = 7;  // without parity

constexpr std::string_view kSigning = "Magic server to client signing constant";
constexpr std::string_view kPadding = "Pad to make it do more than one iteration";
constexpr std::string_view kMasterKey = "This is the MPPE Master Key";
constexpr std::string_view kClientSends =
    "On the client side, this is the send key; on the server side, it is the receive key.";
constexpr std::string_view kClientReceives =
    "On the client side, this is the receive key; on the server side, it is the send key.";

/// The old algorithms in a library context of their own, so that nobody else comes upon them.
struct Legacy {
    Library library{OSSL_LIB_CTX_new()};
    Provider provider{OSSL_PROVIDER_load(library.get(), "legacy")};
    Digest md4{provider ? EVP_MD_fetch(library.get(), "MD4", nullptr) : nullptr};
    Cipher des{provider ? EVP_CIPHER_fetch(library.get(), "DES-ECB", nullptr) : nullptr};
};

const Legacy& legacy() {
    static const Legacy instance = [] {
        const DropErrors drop;
        return Legacy();
    }();
    return instance;
}

Secret hash(const EVP_MD* algorithm, std::size_t size, std::initializer_list<ByteView> pieces) {
    const DigestContext context(EVP_MD_CTX_new());
    require(context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1, "OpenSSL failed to start a hash");
    for (const ByteView piece : pieces)
        require(EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1, "OpenSSL failed to hash");
    Secret result(size);
    require(EVP_DigestFinal_ex(context.get(), result.writable().data(), nullptr) == 1, "OpenSSL failed to hash");
    return result;
}

Secret sha1(std::initializer_list<ByteView> pieces) {
    return hash(EVP_sha1(), kSha1, pieces);
}

Secret md4(ByteView of) {
    return hash(legacy().md4.get(), kMsChapHash, {of});
}

/// RFC 2759 8.6: seven bits of the key in each octet, and a place for the parity that nobody looks at.
std::array<std::uint8_t, kDesBlock> spread(ByteView seven) {
    std::array<std::uint8_t, kDesBlock> key{};
    for (std::size_t bit = 0; bit < 8 * kDesKey; ++bit) {
        if ((seven[bit / 8] >> (7 - bit % 8) & 1) != 0) key[bit / 7] |= static_cast<std::uint8_t>(0x80 >> bit % 7);
    }
    return key;
}

void des(ByteView seven, ByteView block, std::uint8_t* out) {
    std::array<std::uint8_t, kDesBlock> key = spread(seven);
    const CipherContext context(EVP_CIPHER_CTX_new());
    int length = 0;
    require(context && EVP_EncryptInit_ex2(context.get(), legacy().des.get(), key.data(), nullptr, nullptr) == 1 &&
                EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                EVP_EncryptUpdate(context.get(), out, &length, block.data(), static_cast<int>(block.size())) == 1,
            "OpenSSL failed to encrypt by DES");
    wipe(key);
}

/// RFC 2759 8.2, of which the first eight octets are the challenge.
Secret challenge_hash(const MsChapExchange& exchange) {
    const std::size_t domain_end = exchange.name.rfind('\\');
    const std::string_view user =
        domain_end == std::string_view::npos ? exchange.name : exchange.name.substr(domain_end + 1);
    return sha1({exchange.peer_challenge, exchange.authenticator_challenge, as_bytes(user)});
}

}  // namespace

bool ms_chap_available() {
    return legacy().md4 && legacy().des;
}

std::optional<Secret> nt_hash(std::string_view password) {
    const std::optional<Secret> text = to_utf16_le(password);
    if (!text || text->size() > 2 * kMostUnits) return std::nullopt;
    return md4(text->view());
}

Bytes ms_chap_response(const Secret& nt_hash, const MsChapExchange& exchange) {
    const Secret challenge = challenge_hash(exchange);
    Secret keys(3 * kDesKey);  // the hash and zeros
    std::copy(nt_hash.view().begin(), nt_hash.view().end(), keys.writable().begin());
    Bytes response(kMsChapResponse);
    for (std::size_t i = 0; i < 3; ++i) {
        des(keys.view().subspan(i * kDesKey, kDesKey), challenge.view().first(kDesBlock),
            response.data() + i * kDesBlock);
    }
    return response;
}

Bytes ms_chap_proof(const Secret& nt_hash, const MsChapExchange& exchange, ByteView response) {
    const Secret inner = sha1({md4(nt_hash.view()).view(), response, as_bytes(kSigning)});
    const Secret challenge = challenge_hash(exchange);
    return to_bytes(sha1({inner.view(), challenge.view().first(kDesBlock), as_bytes(kPadding)}).view());
}

Secret ms_chap_msk(const Secret& nt_hash, ByteView response) {
    constexpr std::size_t kKey = 16;
    constexpr std::size_t kPad = 40;
    static const Bytes pad1(kPad, 0x00);
    static const Bytes pad2(kPad, 0xf2);
    const Secret master = sha1({md4(nt_hash.view()).view(), response, as_bytes(kMasterKey)}).slice(0, kKey);
    Secret msk(4 * kKey);
    std::size_t at = 0;
    for (const std::string_view direction : {kClientSends, kClientReceives}) {
        const Secret key = sha1({master.view(), pad1, as_bytes(direction), pad2});
        std::copy_n(key.view().begin(), kKey, msk.writable().begin() + static_cast<std::ptrdiff_t>(at));
        at += kKey;
    }
    return msk;
}

}  // namespace esplane::crypto
