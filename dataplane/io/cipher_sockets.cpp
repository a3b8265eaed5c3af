#include "dataplane/io/cipher_sockets.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include "dataplane/io/ancillary.h"

namespace esplane::dataplane {

Result<CipherSockets, std::string> CipherSockets::open(const Options& options) {
    return open(WorkerId{}, nullptr, options);
}

Result<CipherSockets, std::string> CipherSockets::open_beside(const CipherSockets& first, WorkerId worker,
                                                              const Options& options) {
    return open(worker, &first, options);
}

Result<CipherSockets, std::string> CipherSockets::open(WorkerId worker, const CipherSockets* first,
                                                       const Options& options) {
    CipherSockets sockets;
    sockets.natt_port_ = options.natt_port;
    constexpr std::size_t kPairs = 4;
    std::size_t next = 0;
    for (const Encapsulation encapsulation : {Encapsulation::kUdp, Encapsulation::kNone}) {
        for (const Family family : {Family::kIpv4, Family::kIpv6}) {
            const SocketSeat seat{worker, first == nullptr ? nullptr : &first->sockets_[next]};
            auto receiving = open_receiving(family, encapsulation, seat, options);
            if (!receiving) return Failure{receiving.error()};
            auto unfragmented = open_unfragmented(*receiving, options);
            if (!unfragmented) return Failure{unfragmented.error()};
            sockets.sockets_[next] = std::move(receiving).value();
            sockets.sockets_[kPairs + next] = std::move(unfragmented).value();
            ++next;
        }
    }
    return sockets;
}

const CipherSocket& CipherSockets::find(Family family, Encapsulation encapsulation, bool dont_fragment) const {
    // open() makes them in this order.
    const std::size_t raw = encapsulation == Encapsulation::kUdp ? 0 : 2;
    return sockets_[(dont_fragment ? 4U : 0U) + raw + (family == Family::kIpv4 ? 0 : 1)];
}

bool CipherSockets::send_udp(const Path& path, ByteView marker, ByteView datagram) const {
    sockaddr_storage to{};
    AncillaryRoom room{};
    iovec parts[2] = {{const_cast<std::uint8_t*>(marker.data()), marker.size()},
                      {const_cast<std::uint8_t*>(datagram.data()), datagram.size()}};
    msghdr message{};
    message.msg_name = &to;
    message.msg_namelen = to_socket_address(path.remote, to);
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    set_source(message, room, path.local.address);
    const CipherSocket& socket = find(path.remote.address.family(), Encapsulation::kUdp, false);
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
        if (sendmsg(socket.fd.get(), &message, MSG_DONTWAIT) >= 0) return true;
        mark(socket);
        if (is_lack_of_room(errno)) break;
    }
    return false;
}

}  // namespace esplane::dataplane
