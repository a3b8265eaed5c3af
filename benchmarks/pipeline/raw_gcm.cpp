#include "benchmarks/pipeline/raw_gcm.h"

#include "benchmarks/pipeline/raw_manager.h"

namespace esplane::bench {

RawGcm::RawGcm(crypto::Encr encr) {
    const RawManager manager = make_raw_manager();
    const IMB_MGR& m = *manager;
    const std::array<std::uint8_t, 32> key{1, 2, 3, 4, 5, 6, 7, 8};
    const bool is_128 = encr.key_bits == 128;
    const bool is_192 = encr.key_bits == 192;
    (is_128 ? m.gcm128_pre : is_192 ? m.gcm192_pre : m.gcm256_pre)(key.data(), &key_);
    seal_ = is_128 ? m.gcm128_enc : is_192 ? m.gcm192_enc : m.gcm256_enc;
    open_ = is_128 ? m.gcm128_dec : is_192 ? m.gcm192_dec : m.gcm256_dec;
}

void RawGcm::seal(std::span<const MutableByteView> texts) {
    for (const MutableByteView text : texts) {
        seal_(&key_, &context_, text.data(), text.data(), text.size(), nonce_.data(), aad_.data(), aad_.size(),
              text.data() + text.size(), kIcv);
    }
}

void RawGcm::open(std::span<const MutableByteView> texts) {
    std::array<std::uint8_t, kIcv> icv;
    for (const MutableByteView text : texts) {
        open_(&key_, &context_, text.data(), text.data(), text.size(), nonce_.data(), aad_.data(), aad_.size(),
              icv.data(), kIcv);
    }
}

}  // namespace esplane::bench
