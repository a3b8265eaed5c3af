// Where the packets of a SA go, and what stands before them on the way.
#pragma once

#include <cstdint>

#include "crypto/prefetch.h"
#include "dataplane/packet/outer_ip.h"

namespace esplane::dataplane {

/// One cache line that every packet of the SA needs, and the path for whoever asks.
struct alignas(kCacheLine) OuterPath {
    OuterPath(const Path& chosen, Encapsulation chosen_encapsulation)
        : header(chosen, chosen_encapsulation), encapsulation(chosen_encapsulation), path(chosen) {}

    /// What the cipher side has found out about the path, and wants to find again: it knows what the numbers mean.
    struct Note {
        std::uint32_t serial = 0;
        std::uint32_t place = 0;
    };

    OuterIp header;
    mutable Note note;  ///< of the one worker that has the SA
    Encapsulation encapsulation;
    Path path;
};

}  // namespace esplane::dataplane
