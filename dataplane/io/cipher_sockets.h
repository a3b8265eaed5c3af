// The sockets of the cipher side: UDP 4500 for ESP and IKE behind a NAT (RFC 3948), raw IP for protocol 50; both
// families.
#pragma once

#include <array>
#include <string>

#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"
#include "dataplane/options.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"

namespace esplane::dataplane {

struct CipherSocket {
    FileDescriptor fd;
    Family family = Family::kIpv4;
    Encapsulation encapsulation = Encapsulation::kNone;
    bool sends_trains = false;  ///< takes many datagrams of one size in one call (UDP_SEGMENT, Linux 4.18)
};

class CipherSockets {
  public:
    /// Bound to the wildcard address. IPv6 is left out where the kernel has none.
    static Result<CipherSockets, std::string> open(const Options& options);

    const std::array<CipherSocket, 4>& all() const { return sockets_; }
    /// One that is not open where there is none.
    const CipherSocket& find(Family family, Encapsulation encapsulation) const;
    std::uint16_t natt_port() const { return natt_port_; }

    /// Sends one datagram from UDP 4500, `marker` in front. Any thread. False when the kernel did not take it.
    bool send_udp(const Path& path, ByteView marker, ByteView datagram) const;

  private:
    std::array<CipherSocket, 4> sockets_;
    std::uint16_t natt_port_ = 0;
};

}  // namespace esplane::dataplane
