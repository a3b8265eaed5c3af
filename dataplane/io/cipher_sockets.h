// One worker's sockets of the cipher side: UDP 4500 for ESP and IKE behind a NAT (RFC 3948), raw IP for protocol 50;
// both families; with DF and without.
#pragma once

#include <array>
#include <cerrno>
#include <span>
#include <string>

#include "dataplane/io/cipher_socket.h"
#include "dataplane/io/error_marks.h"

namespace esplane::dataplane {

/// Calls at most for one message. An error that is pending (somebody's ICMP about another packet) makes a call fail in
/// its place, once; another may come meanwhile.
inline constexpr int kMostAttempts = 3;

/// Whether a call that failed with this would fail again.
constexpr bool is_lack_of_room(int error) {
    return error == EAGAIN || error == ENOBUFS || error == ENOMEM;
}

class CipherSockets {
  public:
    /// The first worker's. IPv6 is left out where the kernel has none.
    static Result<CipherSockets, std::string> open(const Options& options);
    /// The next worker's, on the same port: in order, up to as many as `options` has.
    static Result<CipherSockets, std::string> open_beside(const CipherSockets& first, WorkerId worker,
                                                          const Options& options);

    /// Those on which anything arrives.
    std::span<const CipherSocket, 4> receiving() const { return std::span(sockets_).first<4>(); }
    std::span<const CipherSocket> all() const { return sockets_; }
    /// One that is not open where there is none.
    const CipherSocket& find(Family family, Encapsulation encapsulation, bool dont_fragment) const;
    std::uint16_t natt_port() const { return natt_port_; }

    /// By index in all().
    ErrorMarks& error_marks() const { return error_marks_; }
    /// `socket`, one of all(), has failed: an error that is pending makes one call fail, whatever that call is about.
    void mark(const CipherSocket& socket) const {
        error_marks_.mark(static_cast<std::size_t>(&socket - sockets_.data()));
    }

    /// Sends one datagram from UDP 4500, `marker` in front, without DF. Any thread. False when the kernel did not take
    /// it.
    bool send_udp(const Path& path, ByteView marker, ByteView datagram) const;

  private:
    static Result<CipherSockets, std::string> open(WorkerId worker, const CipherSockets* first, const Options& options);

    std::array<CipherSocket, 8> sockets_;
    std::uint16_t natt_port_ = 0;
    mutable ErrorMarks error_marks_;
};

}  // namespace esplane::dataplane
