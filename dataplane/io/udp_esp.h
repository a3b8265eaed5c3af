// The cipher side over sockets: ESP in UDP and raw ESP, a burst a system call, and many datagrams of one size in one
// buffer where the kernel carries them so.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <optional>
#include <utility>

#include "dataplane/io/ancillary.h"
#include "dataplane/io/buffers.h"
#include "dataplane/io/cipher_sockets.h"
#include "dataplane/io/too_big_reports.h"
#include "dataplane/io/waiter.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

/// A PacketIo. What arrives on UDP 4500 may be anything; what arrives raw is ESP, its IP header taken off. A datagram
/// without contents, or one that the kernel did not give whole, is received as an empty one: for the pipeline to count.
class UdpEspIo {
  public:
    /// Both must outlive this. The waiter watches all sockets from now on.
    UdpEspIo(const CipherSockets& sockets, Waiter& waiter);

    std::size_t rx(std::span<Received> in);
    bool has_backlog() const { return more_ || !arrivals_.cut.octets.empty() || arrivals_.next < arrivals_.count; }
    void release() {}
    void slots(std::span<Slot> lent);
    std::size_t tx(std::span<Slot> out);

    /// The next rx() looks into the error queues of all sockets.
    void expect_errors();
    /// What rx() has learnt of outer packets of ours that were too big: a hint by anyone, or, once tx() did not take a
    /// packet with DF, the MTU of the device.
    std::optional<TooBigReport> next_report() { return reports_.next(); }

    /// Messages, each a datagram or a train, that the kernel dropped since the last call because nobody had read those
    /// before (a wrong checksum of UDP counts, too). Known once a later one has arrived.
    std::uint64_t take_overflows() { return std::exchange(overflows_, 0); }

  private:
    /// What the kernel wants of each message of a burst.
    struct Envelopes {
        std::array<mmsghdr, kBurst> messages{};
        std::array<iovec, kBurst> parts{};
        std::array<sockaddr_storage, kBurst> addresses{};
        std::array<AncillaryRoom, kBurst> ancillary{};
    };
    /// What has been received and not handed out yet: messages from `next` up to `count`, and the rest of the one that
    /// is being cut into datagrams.
    struct Arrivals {
        std::array<const CipherSocket*, kBurst> from{};
        std::size_t next = 0;
        std::size_t count = 0;
        Received cut;  ///< what is left of the message before `next`
        std::size_t segment_size = 0;
    };

    void prepare_envelopes();
    void restore_lengths(std::size_t index);
    void receive_from(const CipherSocket& socket, std::size_t packets);
    std::size_t hand_out(std::span<Received> in);
    void begin_message(std::size_t index);
    void count_overflows(const CipherSocket& socket, std::uint32_t dropped_so_far);
    void address_message(std::size_t index, std::span<const Slot> train);
    std::size_t send_messages(const CipherSocket& socket, std::span<mmsghdr> messages);
    std::size_t send_burst(const CipherSocket& socket, std::span<Slot> slots, bool in_trains);

    const CipherSockets& sockets_;
    const Waiter& waiter_;
    std::array<std::uint32_t, 4> dropped_so_far_{};  // of each that receives
    std::uint64_t overflows_ = 0;
    std::size_t first_ = 0;  // whose turn it is to be read first
    Buffers received_;
    Buffers sending_;
    Envelopes in_;
    Arrivals arrivals_;
    std::size_t per_message_ = 1;  // packets in each, in the last rx() that found any
    bool more_ = false;            // a socket had as many messages as the last rx() wanted of it
    Envelopes out_;
    TooBigReports reports_;
};

}  // namespace esplane::dataplane
