// The sockets of the cipher side: UDP 4500 for ESP and IKE behind a NAT (RFC 3948), raw IP for protocol 50; both
// families; with DF and without.
#pragma once

#include <array>
#include <span>
#include <string>

#include "dataplane/io/cipher_socket.h"

namespace esplane::dataplane {

class CipherSockets {
  public:
    /// IPv6 is left out where the kernel has none.
    static Result<CipherSockets, std::string> open(const Options& options);

    /// Those on which anything arrives.
    std::span<const CipherSocket, 4> receiving() const { return std::span(sockets_).first<4>(); }
    /// One that is not open where there is none.
    const CipherSocket& find(Family family, Encapsulation encapsulation, bool dont_fragment) const;
    std::uint16_t natt_port() const { return natt_port_; }

    /// Sends one datagram from UDP 4500, `marker` in front, without DF. Any thread. False when the kernel did not take
    /// it.
    bool send_udp(const Path& path, ByteView marker, ByteView datagram) const;

  private:
    std::array<CipherSocket, 8> sockets_;
    std::uint16_t natt_port_ = 0;
};

}  // namespace esplane::dataplane
