#include "benchmarks/pipeline/raw_chacha20_poly1305.h"

namespace esplane::bench {

void RawChacha20Poly1305::seal(std::span<const MutableByteView> texts) {
    const IMB_MGR& m = *manager_;
    for (const MutableByteView text : texts) {
        m.chacha20_poly1305_init(key_.data(), &context_, nonce_.data(), aad_.data(), aad_.size());
        m.chacha20_poly1305_enc_update(key_.data(), &context_, text.data(), text.data(), text.size());
        m.chacha20_poly1305_finalize(&context_, text.data() + text.size(), kIcv);
    }
}

void RawChacha20Poly1305::open(std::span<const MutableByteView> texts) {
    const IMB_MGR& m = *manager_;
    std::array<std::uint8_t, kIcv> icv;
    for (const MutableByteView text : texts) {
        m.chacha20_poly1305_init(key_.data(), &context_, nonce_.data(), aad_.data(), aad_.size());
        m.chacha20_poly1305_dec_update(key_.data(), &context_, text.data(), text.data(), text.size());
        m.chacha20_poly1305_finalize(&context_, icv.data(), kIcv);
    }
}

}  // namespace esplane::bench
