// Which packets may leave as one train: the kernel takes them in one call and carries them as one packet until the
// device, or the peer's socket, cuts them (UDP_SEGMENT; udp(7)).
#pragma once

#include <span>

#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

inline constexpr std::size_t kMostInTrain = 64;           // UDP_MAX_SEGMENTS of the oldest kernels
inline constexpr std::size_t kMostOctetsInTrain = 65507;  // of a datagram

/// How many of the first packets make a train, at least one: in UDP, to one place from one place, with the same
/// outer header otherwise, of one length, but that the last may be shorter. Not empty.
std::size_t train_length(std::span<const Slot> slots);

}  // namespace esplane::dataplane
