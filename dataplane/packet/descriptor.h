// How packets are handed between an I/O backend and the pipeline: by descriptor, the octets stay where they are.
#pragma once

#include <cstdint>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

/// Packets handled in one go.
inline constexpr std::size_t kBurst = 128;

/// A packet that a backend received. The memory is the backend's, and the pipeline's to write into until it is
/// released.
struct Received {
    MutableByteView octets;
    ClearPort port{};  ///< clear side: the device it came from
    Path outer;        ///< cipher side: where it came from, and to which of our addresses
    Encapsulation encapsulation = Encapsulation::kNone;  ///< cipher side
    std::uint8_t traffic_class = 0;                      ///< cipher side: DSCP and ECN of the outer header
};

/// A place in a backend's outgoing queue. The pipeline seals or opens straight into it.
struct Slot {
    std::uint8_t* octets = nullptr;
    std::uint32_t capacity = 0;
    std::uint32_t length = 0;                            ///< set by the pipeline
    ClearPort port{};                                    ///< clear side: the device it goes to
    Path outer;                                          ///< cipher side
    Encapsulation encapsulation = Encapsulation::kNone;  ///< cipher side
    std::uint8_t traffic_class = 0;                      ///< cipher side: DSCP and ECN of the outer header
    bool dont_fragment = false;                          ///< cipher side: DF of an outer IPv4 header
    bool refused = false;                                ///< set by tx(): it was not taken
};

}  // namespace esplane::dataplane
