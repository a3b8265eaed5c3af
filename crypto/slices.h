// A source that lies in several places: a rebuilt header in one, a part of a larger packet in another.
#pragma once

#include <span>

#include "crypto/bytes.h"

namespace esplane::crypto {

/// A contiguous piece of the source; several in order make the plaintext or ciphertext.
using Slice = ByteView;

inline std::size_t total_length(std::span<const Slice> slices) {
    std::size_t length = 0;
    for (const Slice slice : slices) {
        length += slice.size();
    }
    return length;
}

/// Copies the slices, in order, to `to`, and returns their total length. A single slice may be at `to` already.
inline std::size_t gather(std::span<const Slice> slices, std::uint8_t* to) {
    std::size_t length = 0;
    for (const Slice slice : slices) {
        if (!slice.empty()) std::memmove(to + length, slice.data(), slice.size());
        length += slice.size();
    }
    return length;
}

}  // namespace esplane::crypto
