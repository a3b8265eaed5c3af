// The cipher side over sockets: ESP in UDP and raw ESP, a burst a system call.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>

#include "dataplane/io/ancillary.h"
#include "dataplane/io/buffers.h"
#include "dataplane/io/cipher_sockets.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

/// A PacketIo. What arrives on UDP 4500 may be anything; what arrives raw is ESP, its IP header taken off.
class UdpEspIo {
  public:
    /// `sockets` must outlive this.
    explicit UdpEspIo(const CipherSockets& sockets);

    std::size_t rx(std::span<Received> in);
    void release() {}
    void slots(std::span<Slot> lent);
    std::size_t tx(std::span<const Slot> out);

  private:
    /// What the kernel wants of each datagram of a burst.
    struct Envelopes {
        std::array<mmsghdr, kBurst> messages{};
        std::array<iovec, kBurst> parts{};
        std::array<sockaddr_storage, kBurst> addresses{};
        std::array<AncillaryRoom, kBurst> ancillary{};
    };
    std::size_t receive_from(const CipherSocket& socket, std::span<Received> in, std::size_t filled);
    bool describe(const CipherSocket& socket, std::size_t index, Received& received) const;
    void address_envelope(std::size_t index, const Slot& slot);
    std::size_t send_run(int fd, std::size_t count);

    const CipherSockets& sockets_;
    std::size_t first_ = 0;  // whose turn it is to be read first
    Buffers received_;
    Buffers sending_;
    Envelopes in_;
    Envelopes out_;
};

}  // namespace esplane::dataplane
