// What the worker asks of a side of the gateway: batches in, batches out, never waiting.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

/// rx      fills descriptors of what has arrived, at most as many as given; says how many. Their memory stays valid and
///         writable until release(). The clear side keeps kTailroom octets writable behind each.
/// release gives the memory of all that rx handed out back.
/// slots   lends memory for outgoing packets; what is not handed to tx is simply not sent. Valid until the next
/// slots(). tx      sends, in order; says how many were not taken. The slots' memory is the backend's again.
template <typename T>
concept PacketIo = requires(T io, std::span<Received> in, std::span<Slot> lent, std::span<const Slot> out) {
    { io.rx(in) } -> std::same_as<std::size_t>;
    io.release();
    io.slots(lent);
    { io.tx(out) } -> std::same_as<std::size_t>;
};

}  // namespace esplane::dataplane
