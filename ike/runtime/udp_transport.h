// UDP port 500: IKE without NAT traversal. Port 4500 is the data plane's, which hands on what is IKE there.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"
#include "dataplane/packet/address.h"
#include "ike/runtime/udp_sockets.h"

namespace esplane::ike {

struct Datagram {
    Path path;
    ByteView bytes;
};

/// Two sockets a family, bound to the wildcard address: each datagram tells to which of our addresses it came, and each
/// answer leaves from there. First requests of strangers have a socket of their own, so that a flood of them crowds out
/// neither known peers nor those that have returned a cookie. Does not block. Both ways datagrams go in bursts: in a
/// flood system calls would take most of the time.
class UdpTransport {
  public:
    static constexpr std::size_t kBurst = 32;
    /// `error` is errno; a full send buffer is one, too: IKE retransmits.
    using SendFailed = std::function<void(const Path&, int error)>;

    /// `socket_mark`: SO_MARK of the sockets, so that routing tells our own packets from others. 0: none. The error
    /// says what to do. A kernel without IPv6 is fine; a port in use is not.
    static Result<UdpTransport, std::string> open(std::uint16_t port, std::uint32_t socket_mark);

    /// Those for strangers last.
    std::vector<int> descriptors() const;
    /// What waits at this descriptor, a burst at most; there may be more. Valid until the next call.
    std::span<const Datagram> receive(int fd);
    /// To go out from `path.local` with the next flush().
    void send(const Path& path, Bytes datagram);
    bool is_full() const { return outgoing_.size() >= kBurst; }
    void flush(const SendFailed& failed);

  private:
    struct Outgoing {
        Path path;
        Bytes datagram;
    };

    UdpTransport() = default;
    int socket_towards(const Outgoing& datagram) const;
    int send_some(std::span<Outgoing> datagrams);

    std::uint16_t port_ = 0;
    UdpSockets ipv4_;
    UdpSockets ipv6_;
    std::unique_ptr<std::uint8_t[]> room_;  ///< for a burst of datagrams of any length; what is not used costs nothing
    std::vector<Datagram> incoming_;
    std::vector<Outgoing> outgoing_;
};

}  // namespace esplane::ike
