// UDP port 500: IKE without NAT traversal. Port 4500 is the data plane's, which hands on what is IKE there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/packet/address.h"

namespace esplane::ike {

struct Datagram {
    Path path;
    Bytes bytes;
};

/// Two sockets a family, bound to the wildcard address: each datagram tells to which of our addresses it came, and each
/// answer leaves from there. First requests of strangers have a socket of their own, so that a flood of them crowds out
/// neither known peers nor those that have returned a cookie. Does not block.
class UdpTransport {
  public:
    /// `socket_mark`: SO_MARK of the sockets, so that routing tells our own packets from others. 0: none. The error
    /// says what to do. A kernel without IPv6 is fine; a port in use is not.
    static Result<UdpTransport, std::string> open(std::uint16_t port, std::uint32_t socket_mark);

    /// Those for strangers last.
    std::vector<int> descriptors() const;
    /// The next datagram waiting at this descriptor; empty when there is none.
    std::optional<Datagram> receive(int fd);
    /// Goes out from `path.local`. The error is errno; a full send buffer is one, too: IKE retransmits.
    Result<void, int> send(const Path& path, ByteView datagram);

  private:
    UdpTransport() = default;

    std::uint16_t port_ = 0;
    struct Sockets {
        dataplane::FileDescriptor peers;  ///< what we send leaves here
        dataplane::FileDescriptor strangers;
    };
    static Result<Sockets, std::string> open_family(Family family, std::uint16_t port, std::uint32_t mark);

    Sockets ipv4_;
    Sockets ipv6_;
    Bytes buffer_;  // for one datagram of any size
};

}  // namespace esplane::ike
