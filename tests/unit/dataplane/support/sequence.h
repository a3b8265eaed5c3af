// Sequence numbers near their end.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

#include "dataplane/sa/sequence.h"

namespace esplane::dataplane::test {

/// A source of which `used` numbers are gone. The type itself offers no way to skip, and must not; so this writes its
/// two members, and fails to compile or to count when they change.
inline SequenceSource sequence_after(std::uint64_t used, bool esn) {
    const std::uint64_t last =
        esn ? std::numeric_limits<std::uint64_t>::max() : std::numeric_limits<std::uint32_t>::max();
    return std::bit_cast<SequenceSource>(std::array<std::uint64_t, 2>{used, last});
}

}  // namespace esplane::dataplane::test
