#include "benchmarks/pipeline/raw_cipher.h"

#include <memory>
#include <new>

namespace esplane::bench {

RawCipher::RawCipher(const Suite& suite) {
    const std::unique_ptr<IMB_MGR, decltype(&free_mb_mgr)> manager(alloc_mb_mgr(0), &free_mb_mgr);
    if (manager == nullptr) throw std::bad_alloc();
    init_mb_mgr_auto(manager.get(), nullptr);
    const std::array<std::uint8_t, 32> key{1, 2, 3, 4, 5, 6, 7, 8};
    ((*manager).*suite.expand)(key.data(), &key_);
    seal_ = (*manager).*suite.seal;
    open_ = (*manager).*suite.open;
}

void RawCipher::seal(std::span<const MutableByteView> texts) {
    for (const MutableByteView text : texts) {
        seal_(&key_, &context_, text.data(), text.data(), text.size(), nonce_.data(), aad_.data(), aad_.size(),
              text.data() + text.size(), kIcv);
    }
}

void RawCipher::open(std::span<const MutableByteView> texts) {
    std::array<std::uint8_t, kIcv> icv;
    for (const MutableByteView text : texts) {
        open_(&key_, &context_, text.data(), text.data(), text.size(), nonce_.data(), aad_.data(), aad_.size(),
              icv.data(), kIcv);
    }
}

}  // namespace esplane::bench
