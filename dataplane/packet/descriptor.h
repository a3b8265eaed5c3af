// How packets are handed between an I/O backend and the pipeline: by descriptor, the octets stay where they are.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"
#include "dataplane/packet/inner_packet.h"
#include "dataplane/sa/outer_path.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

/// Packets handled in one go.
inline constexpr std::size_t kBurst = 128;

/// A backend's record of the buffer that a packet lies in, where it can go out again in that very buffer.
struct Frame;

/// The headers of a segment whose payload is still a slice of a super-packet.
struct SegmentHeaders {
    static constexpr std::size_t kMost = 512;

    InnerPacket inner;
    std::uint32_t length = 0;
    std::array<std::uint8_t, kMost> octets;
};

/// A packet that a backend received. The memory is the backend's, and the pipeline's to write into until it is
/// released.
struct Received {
    /// The whole packet. Of a segment, the headers are not there yet: the end of the segment before still is, and the
    /// next one's beginning is right behind. Whoever writes over them must be done with the first, and put back the
    /// second.
    MutableByteView octets;
    SegmentHeaders* headers = nullptr;  ///< clear side: of a segment; else null
    Frame* frame = nullptr;             ///< what `octets` are part of; null: memory that stays where it is
    ClearPort port{};                   ///< clear side: the device it came from
    Path outer;                         ///< cipher side: where it came from, and to which of our addresses
    Encapsulation encapsulation = Encapsulation::kNone;  ///< cipher side
    std::uint8_t traffic_class = 0;                      ///< cipher side: DSCP and ECN of the outer header

    /// What stages read of it, and may change: all its headers at least.
    MutableByteView head() const {
        return headers == nullptr ? octets : MutableByteView(headers->octets).first(headers->length);
    }
    /// In one piece, to memory of its own or over its own.
    void copy_to(std::uint8_t* to) const {
        const std::size_t apart = headers == nullptr ? 0 : headers->length;
        if (to != octets.data())
            std::copy(octets.begin() + static_cast<std::ptrdiff_t>(apart), octets.end(), to + apart);
        if (headers != nullptr) std::copy_n(headers->octets.begin(), apart, to);
    }
};

/// A place in a backend's outgoing queue. The pipeline seals or opens straight into it.
struct Slot {
    std::uint8_t* octets = nullptr;
    std::uint32_t capacity = 0;
    std::uint32_t length = 0;          ///< set by the pipeline
    Frame* frame = nullptr;            ///< the backend's, which lent it
    ClearPort port{};                  ///< clear side: the device it goes to
    const OuterPath* outer = nullptr;  ///< cipher side; must last until the slot is sent
    std::uint8_t traffic_class = 0;    ///< cipher side: DSCP and ECN of the outer header
    bool dont_fragment = false;        ///< cipher side: DF of an outer IPv4 header
    bool refused = false;              ///< set by tx(): it was not taken
};

}  // namespace esplane::dataplane
