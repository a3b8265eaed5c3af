#include "benchmarks/pipeline/raw_cbc_hmac.h"

#include <stdexcept>

namespace esplane::bench {
namespace {

constexpr std::size_t kHeader = 8;  // SPI and sequence number
constexpr std::size_t kIv = 16;
constexpr std::size_t kEsnHigh = 4;

IMB_HASH_ALG hash_of(crypto::IntegId integ) {
    switch (integ) {
        case crypto::IntegId::kHmacSha256_128:
            return IMB_AUTH_HMAC_SHA_256;
        case crypto::IntegId::kHmacSha384_192:
            return IMB_AUTH_HMAC_SHA_384;
        case crypto::IntegId::kHmacSha512_256:
            return IMB_AUTH_HMAC_SHA_512;
        case crypto::IntegId::kNone:
            break;
    }
    throw std::invalid_argument("CBC without integrity is no suite of ESP");
}

}  // namespace

RawCbcHmac::RawCbcHmac(crypto::Encr encr, crypto::IntegId integ)
    : manager_(make_raw_manager()),
      hash_(hash_of(integ)),
      key_length_(static_cast<std::uint32_t>(crypto::key_length(encr))),
      icv_length_(static_cast<std::uint32_t>(crypto::icv_length(integ))) {
    const std::array<std::uint8_t, 32> key{1, 2, 3, 4, 5, 6, 7, 8};
    const IMB_MGR& m = *manager_;
    const keyexp_t expand = key_length_ == 16 ? m.keyexp_128 : key_length_ == 24 ? m.keyexp_192 : m.keyexp_256;
    expand(key.data(), keys_.encrypt.data(), keys_.decrypt.data());
}

void RawCbcHmac::describe(IMB_JOB& job, MutableByteView text, IMB_CIPHER_DIRECTION direction, std::uint8_t* icv) const {
    job.cipher_mode = IMB_CIPHER_CBC;
    job.cipher_direction = direction;
    job.chain_order = direction == IMB_DIR_ENCRYPT ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
    job.enc_keys = keys_.encrypt.data();
    job.dec_keys = keys_.decrypt.data();
    job.key_len_in_bytes = key_length_;
    job.src = text.data() - kIv - kHeader;
    job.dst = text.data();
    job.cipher_start_src_offset_in_bytes = kHeader + kIv;
    job.msg_len_to_cipher_in_bytes = text.size();
    job.iv = text.data() - kIv;
    job.iv_len_in_bytes = kIv;
    job.hash_alg = hash_;
    job.hash_start_src_offset_in_bytes = 0;
    job.msg_len_to_hash_in_bytes = kHeader + kIv + text.size() + kEsnHigh;
    job.u.HMAC._hashed_auth_key_xor_ipad = hash_state_.data();
    job.u.HMAC._hashed_auth_key_xor_opad = hash_state_.data();
    job.auth_tag_output = icv;
    job.auth_tag_output_len_in_bytes = icv_length_;
}

void RawCbcHmac::run(std::span<const MutableByteView> texts, IMB_CIPHER_DIRECTION direction) {
    IMB_MGR* const manager = manager_.get();
    const auto count = static_cast<std::uint32_t>(texts.size());
    std::array<IMB_JOB*, dataplane::kBurst> jobs;
    if (IMB_GET_NEXT_BURST(manager, count, jobs.data()) != count) throw std::runtime_error("ipsec-mb has no jobs left");
    for (std::size_t i = 0; i < count; ++i) {
        std::uint8_t* const behind = texts[i].data() + texts[i].size();
        describe(*jobs[i], texts[i], direction, direction == IMB_DIR_ENCRYPT ? behind : icvs_[i].data());
    }
    std::uint32_t done = IMB_SUBMIT_BURST(manager, count, jobs.data());
    while (imb_get_errno(manager) == 0 && done < count) {
        const std::uint32_t more = IMB_FLUSH_BURST(manager, count - done, jobs.data());
        if (more == 0) break;
        done += more;
    }
    if (done != count) throw std::runtime_error("ipsec-mb did not do its jobs");
}

}  // namespace esplane::bench
