// Key material: move-only, wiped when it ends, never printable.
#pragma once

#include <cstddef>

#include "crypto/bytes.h"

namespace esplane::crypto {

/// Owns `size()` octets of key material on the heap. Wiped on destruction, on move-assignment and on wipe().
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::size_t size);  ///< zero-filled
    explicit Secret(ByteView from);     ///< copies
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    /// Copies are deliberate, hence named.
    Secret clone() const { return Secret(view()); }
    /// A copy of `count` octets from `offset`; the range must lie inside (a programming error otherwise: aborts).
    Secret slice(std::size_t offset, std::size_t count) const;

    ByteView view() const { return bytes_; }
    MutableByteView writable() { return bytes_; }
    std::size_t size() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }
    void wipe();  ///< overwrites the octets and leaves the secret empty

  private:
    Bytes bytes_;
};

/// Overwrites memory in a way that the compiler does not remove.
void wipe(MutableByteView memory);

}  // namespace esplane::crypto
