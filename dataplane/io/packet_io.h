// What the worker asks of a side of the gateway: batches in, batches out, never waiting.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>

#include "dataplane/io/offload.h"
#include "dataplane/packet/descriptor.h"
#include "dataplane/packet/icmp_report.h"

namespace esplane::dataplane {

/// rx           fills descriptors of what has arrived, at most as many as given; says how many. Their memory stays
/// valid
///              and writable until release(). The clear side keeps kTailroom octets writable behind each.
/// has_backlog  the last rx() knows of more, which nothing will wake the worker for
/// release      gives the memory of all that rx handed out back.
/// slots        lends memory for outgoing packets; what is not handed to tx is simply not sent. Valid until the next
///              slots().
/// tx           sends, in order; marks those that were not taken, and says how many. The slots' memory is the backend's
///              again.
template <typename T>
concept PacketIo = requires(T io, std::span<Received> in, std::span<Slot> slots) {
    { io.rx(in) } -> std::same_as<std::size_t>;
    { io.has_backlog() } -> std::same_as<bool>;
    io.release();
    io.slots(slots);
    { io.tx(slots) } -> std::same_as<std::size_t>;
};

/// A backend that can send a packet in the buffer that it came in.
///
/// slot_for     lends memory for the `index`-th packet of a batch, made of a received one: where that lies, if it lies
///              in a frame, else new memory. Its octets begin `before` octets before those received (behind, when
///              negative). Without memory the slot has a capacity of 0. Of the slot, octets, capacity and frame are
///              set alone: whoever uses it sets the rest, and a slot is larger than a line of the cache.
template <typename T>
concept WorksInPlace = PacketIo<T> &&
    requires(T io, const Received& received, std::size_t index, std::ptrdiff_t before, Slot& slot) {
    io.slot_for(received, index, before, slot);
};

/// The clear side: devices that come and go. Its tx() may hold packets back for what follows them; what it says was not
/// taken may then be some of those, which it cannot mark.
///
/// attach       from now on the device `descriptor` is `port`; a super-packet is made for it only if it takes such
/// detach       forgets it; the descriptor is the caller's to close
/// flush        sends what is held; says how many packets were not taken
template <typename T>
concept ClearIo = PacketIo<T> && requires(T io, ClearPort port, int descriptor, OffloadSupport offload) {
    io.attach(port, descriptor, offload);
    io.detach(port);
    { io.flush() } -> std::same_as<std::size_t>;
};

/// What the cipher side knows besides.
///
/// expect_errors   a descriptor of its has an error pending; it may be one that nothing is received from
/// next_report     what it has learnt of outer packets of ours that were too big; empty when there is no more
/// take_overflows  packets that arrived and were lost because nobody read them in time, since the last call
template <typename T>
concept CipherIo = PacketIo<T> && requires(T io) {
    io.expect_errors();
    { io.next_report() } -> std::same_as<std::optional<TooBigReport>>;
    { io.take_overflows() } -> std::same_as<std::uint64_t>;
};

/// A cipher side that has no sockets beside it for IKE.
///
/// take_ike       datagrams to the IKE port since the last call, each with members `path` and `datagram`
/// send_datagram  sends one from any port; lost without a word where there is no way
template <typename T>
concept CarriesDatagrams = CipherIo<T> && requires(T io, const Path& path, ByteView datagram) {
    io.take_ike();
    io.send_datagram(path, datagram);
};

}  // namespace esplane::dataplane
