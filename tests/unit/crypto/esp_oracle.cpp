#include "tests/unit/crypto/esp_oracle.h"

#include <catch2/catch.hpp>
#include <map>

#include "crypto/hmac.h"
#include "crypto/openssl.h"

namespace esplane::crypto::test {
namespace {

const EVP_CIPHER* fetched(const std::string& name) {
    static std::map<std::string, Cipher> ciphers;
    Cipher& cipher = ciphers[name];
    if (!cipher) cipher.reset(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
    return cipher.get();
}

std::string openssl_name(Encr encr) {
    if (encr.id == EncrId::kChaCha20Poly1305) return "ChaCha20-Poly1305";
    return "AES-" + std::to_string(encr.key_bits) + (encr.id == EncrId::kAesCbc ? "-CBC" : "-GCM");
}

CipherContext begin(Encr encr, ByteView key, ByteView iv) {
    CipherContext context(EVP_CIPHER_CTX_new());
    REQUIRE(EVP_EncryptInit_ex2(context.get(), fetched(openssl_name(encr)), key.data(), iv.data(), nullptr) == 1);
    return context;
}

Bytes update(const CipherContext& context, ByteView text) {
    Bytes out(text.size());
    int length = 0;
    REQUIRE((text.empty() ||
             EVP_EncryptUpdate(context.get(), out.data(), &length, text.data(), static_cast<int>(text.size())) == 1));
    return out;
}

void authenticate(const CipherContext& context, ByteView text) {
    int length = 0;
    REQUIRE((text.empty() ||
             EVP_EncryptUpdate(context.get(), nullptr, &length, text.data(), static_cast<int>(text.size())) == 1));
}

Bytes finish(const CipherContext& context) {
    Bytes rest(16);
    Bytes tag(16);
    int length = 0;
    REQUIRE(EVP_EncryptFinal_ex(context.get(), rest.data(), &length) == 1);
    REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1);
    return tag;
}

template <typename Number>
void append_be(Bytes& to, Number number) {
    to.resize(to.size() + sizeof number);
    store_be(to.data() + to.size() - sizeof number, number);
}

Bytes seal_aead(Encr encr, ByteView key_material, const Header& header, ByteView iv, ByteView text) {
    Bytes nonce = to_bytes(key_material.last(4));
    append(nonce, iv);
    const auto context = begin(encr, key_material, nonce);
    Bytes aad;
    append_be(aad, header.spi);
    if (header.esn) append_be(aad, static_cast<std::uint32_t>(header.sequence >> 32));
    append_be(aad, static_cast<std::uint32_t>(header.sequence));
    authenticate(context, aad);
    Bytes sealed;
    if (encr.id == EncrId::kNullAuthAesGmac) {
        authenticate(context, iv);
        authenticate(context, text);
        sealed = to_bytes(text);
    } else {
        sealed = update(context, text);
    }
    append(sealed, finish(context));
    return sealed;
}

Bytes encrypt_cbc(Encr encr, ByteView key, ByteView iv, ByteView text) {
    const auto context = begin(encr, key, iv);
    REQUIRE(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
    return update(context, text);
}

Bytes icv_of(IntegId integ, ByteView key, const Header& header, ByteView packet) {
    Hmac hmac(hash_of(integ), key);
    hmac.update(packet);
    Bytes high;
    append_be(high, static_cast<std::uint32_t>(header.sequence >> 32));
    if (header.esn) hmac.update(high);
    Bytes icv(icv_length(integ));
    hmac.finish(icv);
    return icv;
}

std::vector<Suite> make_suites() {
    std::vector<Suite> suites{{{EncrId::kChaCha20Poly1305, 256}}};
    constexpr IntegId kHmacs[] = {IntegId::kHmacSha256_128, IntegId::kHmacSha384_192, IntegId::kHmacSha512_256};
    for (const int length : {128, 192, 256}) {
        const auto bits = static_cast<std::uint16_t>(length);
        suites.push_back({{EncrId::kAesGcm16, bits}});
        suites.push_back({{EncrId::kNullAuthAesGmac, bits}});
        for (const IntegId integ : kHmacs) {
            suites.push_back({{EncrId::kAesCbc, bits}, integ});
        }
    }
    for (const IntegId integ : kHmacs) {
        suites.push_back({{EncrId::kNull, 0}, integ});
    }
    return suites;
}

}  // namespace

const std::vector<Suite>& all_suites() {
    static const std::vector<Suite> suites = make_suites();
    return suites;
}

std::string name_of(const Suite& suite) {
    return std::string(name(suite.encr)) + '-' + std::string(name(suite.integ));
}

Bytes oracle_packet(const Suite& suite, ByteView key_material, const Header& header, ByteView iv, ByteView text) {
    Bytes packet;
    append_be(packet, header.spi);
    append_be(packet, static_cast<std::uint32_t>(header.sequence));
    append(packet, iv);
    if (is_aead(suite.encr.id)) {
        append(packet, seal_aead(suite.encr, key_material, header, iv, text));
        return packet;
    }
    const std::size_t key = key_length(suite.encr);
    append(packet, suite.encr.id == EncrId::kNull ? to_bytes(text)
                                                  : encrypt_cbc(suite.encr, key_material.first(key), iv, text));
    append(packet, icv_of(suite.integ, key_material.subspan(key), header, packet));
    return packet;
}

}  // namespace esplane::crypto::test
