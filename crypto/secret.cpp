#include "crypto/secret.h"

#include <openssl/crypto.h>

#include "crypto/require.h"

namespace esplane::crypto {

Secret::Secret(std::size_t size) : bytes_(size) {}

Secret::Secret(ByteView from) : bytes_(from.begin(), from.end()) {}

Secret::Secret(Secret&& other) noexcept = default;

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_.swap(other.bytes_);
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

Secret Secret::slice(std::size_t offset, std::size_t count) const {
    require(offset <= size() && count <= size() - offset, "a slice of key material reaches outside of it");
    return Secret(view().subspan(offset, count));
}

void Secret::wipe() {
    crypto::wipe(bytes_);
    bytes_.clear();
}

void wipe(MutableByteView memory) {
    OPENSSL_cleanse(memory.data(), memory.size());
}

}  // namespace esplane::crypto
