#include "dataplane/io/udp_esp.h"

#include <algorithm>
#include <cerrno>

namespace esplane::dataplane {

UdpEspIo::UdpEspIo(const CipherSockets& sockets) : sockets_(sockets) {}

std::size_t UdpEspIo::rx(std::span<Received> in) {
    std::size_t filled = 0;
    const auto& all = sockets_.all();
    for (std::size_t i = 0; i < all.size() && filled < in.size(); ++i) {
        const CipherSocket& socket = all[(first_ + i) % all.size()];
        if (socket.fd.is_open()) filled += receive_from(socket, in, filled);
    }
    first_ = (first_ + 1) % all.size();
    return filled;
}

std::size_t UdpEspIo::receive_from(const CipherSocket& socket, std::span<Received> in, std::size_t filled) {
    const auto room = static_cast<unsigned>(in.size() - filled);
    for (std::size_t i = filled; i < in.size(); ++i) {
        in_.parts[i] = {received_.at(i), Buffers::kCapacity};
        in_.messages[i].msg_hdr = {.msg_name = &in_.addresses[i],
                                   .msg_namelen = sizeof in_.addresses[i],
                                   .msg_iov = &in_.parts[i],
                                   .msg_iovlen = 1,
                                   .msg_control = in_.ancillary[i].octets,
                                   .msg_controllen = sizeof in_.ancillary[i].octets,
                                   .msg_flags = 0};
    }
    const int count = recvmmsg(socket.fd.get(), &in_.messages[filled], room, MSG_DONTWAIT, nullptr);
    std::size_t kept = filled;
    for (std::size_t i = filled; i < filled + static_cast<std::size_t>(std::max(count, 0)); ++i) {
        if (describe(socket, i, in[kept])) ++kept;
    }
    return kept - filled;
}

/// False for a datagram that does not say where it came from; the kernel never gives such, but it is not ours to
/// assert.
bool UdpEspIo::describe(const CipherSocket& socket, std::size_t index, Received& received) const {
    const auto remote = from_socket_address(in_.addresses[index]);
    const auto local = destination_of(in_.messages[index].msg_hdr);
    if (!remote || !local) return false;
    MutableByteView octets(received_.at(index), in_.messages[index].msg_len);
    const bool udp = socket.encapsulation == Encapsulation::kUdp;
    if (!udp && socket.family == Family::kIpv4) {
        // A raw IPv4 socket hands out the IP header as well; an IPv6 one does not (raw(7), RFC 3542 3).
        if (octets.empty()) return false;
        const std::size_t header = (octets[0] & 0x0fU) * 4U;
        if (header > octets.size()) return false;
        octets = octets.subspan(header);
    }
    received = {.octets = octets,
                .outer = {.local = {*local, udp ? sockets_.natt_port() : std::uint16_t{0}},
                          .remote = {remote->address, udp ? remote->port : std::uint16_t{0}}},
                .encapsulation = socket.encapsulation};
    return true;
}

void UdpEspIo::slots(std::span<Slot> lent) {
    for (std::size_t i = 0; i < lent.size(); ++i)
        lent[i] = {.octets = sending_.at(i), .capacity = Buffers::kCapacity};
}

void UdpEspIo::address_envelope(std::size_t index, const Slot& slot) {
    Endpoint to = slot.outer.remote;
    if (slot.encapsulation == Encapsulation::kNone) to.port = 0;
    out_.parts[index] = {slot.octets, slot.length};
    msghdr& message = out_.messages[index].msg_hdr;
    message = {};
    message.msg_name = &out_.addresses[index];
    message.msg_namelen = to_socket_address(to, out_.addresses[index]);
    message.msg_iov = &out_.parts[index];
    message.msg_iovlen = 1;
    set_source(message, out_.ancillary[index], slot.outer.local.address);
}

std::size_t UdpEspIo::tx(std::span<const Slot> out) {
    std::size_t failed = 0;
    for (std::size_t begin = 0; begin < out.size();) {
        // A run of packets for one socket, so that order within a tunnel is kept.
        const auto socket_of = [&](const Slot& slot) {
            return sockets_.descriptor(slot.outer.remote.address.family(), slot.encapsulation);
        };
        const int fd = socket_of(out[begin]);
        std::size_t count = 0;
        while (begin + count < out.size() && socket_of(out[begin + count]) == fd) {
            address_envelope(count, out[begin + count]);
            ++count;
        }
        failed += send_run(fd, count);
        begin += count;
    }
    return failed;
}

std::size_t UdpEspIo::send_run(int fd, std::size_t count) {
    std::size_t failed = 0;
    for (std::size_t sent = 0; sent < count;) {
        const int taken = sendmmsg(fd, &out_.messages[sent], static_cast<unsigned>(count - sent), MSG_DONTWAIT);
        if (taken > 0) {
            sent += static_cast<std::size_t>(taken);
            continue;
        }
        // The first one was refused, for itself or for want of room; the others may still go.
        if (errno == EINTR) continue;
        ++failed;
        ++sent;
    }
    return failed;
}

}  // namespace esplane::dataplane
