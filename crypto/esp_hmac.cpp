#include "crypto/esp_hmac.h"

#include "crypto/ipsec_mb.h"
#include "crypto/random.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kHeader = 8;  // SPI and sequence number
constexpr std::size_t kEsnHigh = sizeof(std::uint32_t);
constexpr std::size_t kAesBlock = 16;
constexpr std::size_t kLongestBlock = 128;     // of a hash
constexpr std::size_t kLongestHashed = 65534;  // the library counts a lane's octets in 16 bits

struct Hash {
    IMB_HASH_ALG algorithm;
    hash_one_block_t one_block;
    std::size_t block_length;
};

Hash hash_for(IntegId integ) {
    const IMB_MGR& m = direct_calls();
    switch (integ) {
        case IntegId::kHmacSha256_128:
            return {IMB_AUTH_HMAC_SHA_256, m.sha256_one_block, IMB_SHA_256_BLOCK_SIZE};
        case IntegId::kHmacSha384_192:
            return {IMB_AUTH_HMAC_SHA_384, m.sha384_one_block, IMB_SHA_384_BLOCK_SIZE};
        case IntegId::kHmacSha512_256:
            return {IMB_AUTH_HMAC_SHA_512, m.sha512_one_block, IMB_SHA_512_BLOCK_SIZE};
        case IntegId::kNone:
            break;
    }
    require(false, "a cipher that is no AEAD has no integrity in ESP");
    return {};
}

/// The hash's state behind the key's block, xored with `pad` (RFC 2104 4): what is the same for every packet.
void hash_pad(const Hash& hash, ByteView key, std::uint8_t pad, std::uint8_t* state) {
    std::array<std::uint8_t, kLongestBlock> block;
    block.fill(pad);
    for (std::size_t i = 0; i < key.size(); ++i) {
        block[i] ^= key[i];
    }
    hash.one_block(block.data(), state);
    wipe(block);
}

void expand_aes(ByteView key, std::uint8_t* encrypt, std::uint8_t* decrypt) {
    const IMB_MGR& m = direct_calls();
    const keyexp_t expand = key.size() == 16 ? m.keyexp_128 : key.size() == 24 ? m.keyexp_192 : m.keyexp_256;
    expand(key.data(), encrypt, decrypt);
}

}  // namespace

struct alignas(64) EspHmac::Key {
    std::array<std::uint8_t, 15 * kAesBlock> encrypt;  ///< round keys; unused for NULL, as are the next two
    std::array<std::uint8_t, 11 * kAesBlock> encrypt_iv;
    std::array<std::uint8_t, 15 * kAesBlock> decrypt;
    std::array<std::uint8_t, 64> inner;  ///< of HMAC
    std::array<std::uint8_t, 64> outer;
    IMB_CIPHER_MODE cipher;
    IMB_HASH_ALG hash;
    std::uint32_t key_length;
    std::uint32_t iv_length;
    std::uint32_t icv_length;

    Key(Encr encr, IntegId integ, const Secret& key_material);
    ~Key() { wipe({reinterpret_cast<std::uint8_t*>(this), sizeof *this}); }
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;

    bool is_cbc() const { return cipher == IMB_CIPHER_CBC; }
    bool fits(std::size_t text) const;
    void draw_iv_key();
    void write_iv(std::uint64_t sequence, std::uint8_t* iv) const;
    /// What is the same for every packet of this key.
    void describe(IMB_JOB& job, IMB_CIPHER_DIRECTION direction) const;
};

EspHmac::Key::Key(Encr encr, IntegId integ, const Secret& key_material)
    : cipher(encr.id == EncrId::kNull ? IMB_CIPHER_NULL : IMB_CIPHER_CBC),
      key_length(static_cast<std::uint32_t>(crypto::key_length(encr))),
      iv_length(static_cast<std::uint32_t>(crypto::iv_length(encr.id))),
      icv_length(static_cast<std::uint32_t>(crypto::icv_length(integ))) {
    require(encr.id == EncrId::kNull || encr.id == EncrId::kAesCbc, "a cipher for ESP is not one that goes with HMAC");
    require(key_material.size() == key_length + crypto::key_length(integ), "keys for ESP are not of their lengths");
    const Hash functions = hash_for(integ);
    hash = functions.algorithm;
    const ByteView integrity_key = key_material.view().subspan(key_length);
    hash_pad(functions, integrity_key, 0x36, inner.data());
    hash_pad(functions, integrity_key, 0x5c, outer.data());
    if (!is_cbc()) return;
    expand_aes(key_material.view().first(key_length), encrypt.data(), decrypt.data());
    draw_iv_key();
}

void EspHmac::Key::draw_iv_key() {
    Secret iv_key(16);
    SystemRandom().fill(iv_key.writable());
    alignas(16) std::array<std::uint8_t, 11 * kAesBlock> unused;
    expand_aes(iv_key.view(), encrypt_iv.data(), unused.data());
    wipe(unused);
}

/// CFB of one block is the block cipher, xored with what is here zero.
void EspHmac::Key::write_iv(std::uint64_t sequence, std::uint8_t* iv) const {
    alignas(16) const std::uint64_t point[2] = {sequence, 0};
    static constexpr std::uint8_t kZeros[kAesBlock] = {};
    direct_calls().aes128_cfb_one(iv, kZeros, point, encrypt_iv.data(), kAesBlock);
}

bool EspHmac::Key::fits(std::size_t text) const {
    // No text at all, which has not even a trailer, is a mistake to the library.
    if (is_cbc() && (text == 0 || text % kAesBlock != 0)) return false;
    return text <= kLongestHashed - kHeader - iv_length - kEsnHigh;
}

void EspHmac::Key::describe(IMB_JOB& job, IMB_CIPHER_DIRECTION direction) const {
    const bool encrypts = direction == IMB_DIR_ENCRYPT;
    job.cipher_mode = cipher;
    job.cipher_direction = direction;
    job.chain_order = encrypts ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
    job.enc_keys = encrypt.data();
    job.dec_keys = decrypt.data();
    job.key_len_in_bytes = key_length;
    job.iv_len_in_bytes = iv_length;
    job.hash_alg = hash;
    job.u.HMAC._hashed_auth_key_xor_ipad = inner.data();
    job.u.HMAC._hashed_auth_key_xor_opad = outer.data();
    job.auth_tag_output_len_in_bytes = icv_length;
}

EspHmac::EspHmac(Encr encr, IntegId integ, const Secret& key_material)
    : key_(std::make_unique<Key>(encr, integ, key_material)) {}
EspHmac::~EspHmac() = default;
EspHmac::EspHmac(EspHmac&&) noexcept = default;
EspHmac& EspHmac::operator=(EspHmac&&) noexcept = default;

void EspHmac::prepare_seal(IMB_JOB& job, std::span<const Slice> text, std::uint8_t* packet, std::uint64_t sequence,
                           bool esn) const {
    const Key& key = *key_;
    std::uint8_t* const iv = packet + kHeader;
    std::uint8_t* const body = iv + key.iv_length;
    if (key.is_cbc()) key.write_iv(sequence, iv);
    const bool direct = key.is_cbc() && text.size() == 1;
    const std::size_t length = direct ? text[0].size() : gather(text, body);
    require(key.fits(length), "a text to seal is not padded to the block, or too long for ESP");
    const std::uint8_t* const from = direct ? text[0].data() : body;
    std::uint8_t* const icv = body + length;
    // RFC 4303 2.2.1: the high half is hashed as if it followed the text. It is not sent: the ICV comes over it.
    if (esn) store_be(icv, static_cast<std::uint32_t>(sequence >> 32));

    key.describe(job, IMB_DIR_ENCRYPT);
    job.src = from;
    job.dst = body;
    job.cipher_start_src_offset_in_bytes = 0;
    job.msg_len_to_cipher_in_bytes = length;
    job.iv = iv;
    // The library counts from `src` what to hash, but that is the packet: the offset may wrap, and does so as meant.
    job.hash_start_src_offset_in_bytes =
        reinterpret_cast<std::uintptr_t>(packet) - reinterpret_cast<std::uintptr_t>(from);
    job.msg_len_to_hash_in_bytes = kHeader + key.iv_length + length + (esn ? kEsnHigh : 0);
    job.auth_tag_output = icv;
}

bool EspHmac::prepare_open(IMB_JOB& job, MutableByteView packet, std::uint64_t sequence, bool esn, std::uint8_t* to,
                           Opening& opening) const {
    const Key& key = *key_;
    const std::size_t in_front = kHeader + key.iv_length;
    if (packet.size() < in_front + key.icv_length) return false;
    const std::size_t text = packet.size() - in_front - key.icv_length;
    if (!key.fits(text)) return false;
    if (esn) {
        std::uint8_t* const icv = packet.data() + in_front + text;
        std::memcpy(&opening.covered, icv, sizeof opening.covered);
        store_be(icv, static_cast<std::uint32_t>(sequence >> 32));
    }

    key.describe(job, IMB_DIR_DECRYPT);
    job.src = packet.data();
    job.dst = to;
    job.cipher_start_src_offset_in_bytes = in_front;
    job.msg_len_to_cipher_in_bytes = text;
    job.iv = packet.data() + kHeader;
    job.hash_start_src_offset_in_bytes = 0;
    job.msg_len_to_hash_in_bytes = in_front + text + (esn ? kEsnHigh : 0);
    job.auth_tag_output = opening.expected.data();
    return true;
}

bool EspHmac::finish_open(MutableByteView packet, bool esn, std::uint8_t* to, const Opening& opening) const {
    const Key& key = *key_;
    const MutableByteView icv = packet.last(key.icv_length);
    if (esn) std::memcpy(icv.data(), &opening.covered, sizeof opening.covered);
    const ByteView text = ByteView(packet)
                              .subspan(kHeader + key.iv_length)
                              .first(packet.size() - kHeader - key.iv_length - key.icv_length);
    const bool genuine = equal_constant_time(icv, ByteView(opening.expected).first(icv.size()));
    if (text.empty()) return genuine;
    if (!genuine) {
        std::memset(to, 0, text.size());
    } else if (!key.is_cbc()) {
        std::memmove(to, text.data(), text.size());
    }
    return genuine;
}

}  // namespace esplane::crypto
