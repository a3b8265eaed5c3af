#include "dataplane/io/udp_esp.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "dataplane/io/datagram_train.h"
#include "dataplane/packet/traffic_class.h"

namespace esplane::dataplane {

UdpEspIo::UdpEspIo(const CipherSockets& sockets, Waiter& waiter)
    : sockets_(sockets), waiter_(waiter), reports_(sockets) {
    for (const CipherSocket& socket : sockets.all()) {
        if (socket.fd.is_open()) waiter.add(socket.fd.get());
    }
    prepare_envelopes();
}

void UdpEspIo::prepare_envelopes() {
    for (std::size_t i = 0; i < kBurst; ++i) {
        in_.parts[i] = {received_.at(i), Buffers::kCapacity};
        msghdr& header = in_.messages[i].msg_hdr;
        header.msg_name = &in_.addresses[i];
        header.msg_iov = &in_.parts[i];
        header.msg_iovlen = 1;
        header.msg_control = in_.ancillary[i].octets;
        restore_lengths(i);
    }
}

/// What a call to receive changes. Done once a message has been handed out, not before each call for all that it might
/// bring: that would touch a hundred cache lines for one packet.
void UdpEspIo::restore_lengths(std::size_t index) {
    msghdr& header = in_.messages[index].msg_hdr;
    header.msg_namelen = sizeof in_.addresses[index];
    header.msg_controllen = sizeof in_.ancillary[index].octets;
}

std::size_t UdpEspIo::rx(std::span<Received> in) {
    more_ = false;
    std::size_t filled = hand_out(in);
    const auto all = sockets_.receiving();
    for (std::size_t i = 0; i < all.size() && filled < in.size(); ++i) {
        const CipherSocket& socket = all[(first_ + i) % all.size()];
        if (!waiter_.is_readable(socket.fd.get())) continue;
        receive_from(socket, in.size() - filled);
        filled += hand_out(in.subspan(filled));
    }
    if (filled > 0 && arrivals_.next > 0) per_message_ = std::max<std::size_t>(filled / arrivals_.next, 1);
    // All is handed out: the buffers are free again when the caller comes back.
    if (arrivals_.cut.octets.empty() && arrivals_.next == arrivals_.count) arrivals_.next = arrivals_.count = 0;
    first_ = (first_ + 1) % all.size();
    reports_.collect();
    return filled;
}

void UdpEspIo::receive_from(const CipherSocket& socket, std::size_t packets) {
    const std::size_t begin = arrivals_.count;
    // No more than what is probably handled at once: what lies in the kernel meanwhile does not pass through the cache
    // twice.
    const std::size_t wanted = std::max<std::size_t>(packets / per_message_, 1);
    const std::size_t end = std::min(begin + wanted, kBurst);
    if (begin == end) return;
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
        const int count =
            recvmmsg(socket.fd.get(), &in_.messages[begin], static_cast<unsigned>(end - begin), MSG_DONTWAIT, nullptr);
        if (count >= 0) {
            arrivals_.count += static_cast<std::size_t>(count);
            std::fill(arrivals_.from.begin() + static_cast<std::ptrdiff_t>(begin),
                      arrivals_.from.begin() + static_cast<std::ptrdiff_t>(arrivals_.count), &socket);
            more_ = more_ || arrivals_.count == end;
            return;
        }
        if (is_lack_of_room(errno)) return;
        sockets_.mark(socket);
    }
}

std::size_t UdpEspIo::hand_out(std::span<Received> in) {
    std::size_t filled = 0;
    for (Received& cut = arrivals_.cut; filled < in.size(); ++filled) {
        if (cut.octets.empty()) {
            if (arrivals_.next == arrivals_.count) break;
            begin_message(arrivals_.next);
            restore_lengths(arrivals_.next++);
        }
        // Of an empty message one, which is empty.
        const std::size_t length = std::min(arrivals_.segment_size, cut.octets.size());
        in[filled] = cut;
        in[filled].octets = cut.octets.first(length);
        cut.octets = cut.octets.subspan(length);
    }
    return filled;
}

void UdpEspIo::begin_message(std::size_t index) {
    const CipherSocket& socket = *arrivals_.from[index];
    const msghdr& header = in_.messages[index].msg_hdr;
    Beside beside = read_beside(header);
    if (beside.dropped_so_far) count_overflows(socket, *beside.dropped_so_far);
    arrivals_.cut = {.encapsulation = socket.encapsulation};
    const auto remote = from_socket_address(in_.addresses[index]);
    // The kernel never leaves out an address, but it is not ours to assert.
    if (!remote || !beside.destination || (header.msg_flags & MSG_TRUNC) != 0) return;
    MutableByteView octets(received_.at(index), in_.messages[index].msg_len);
    const bool udp = socket.encapsulation == Encapsulation::kUdp;
    if (!udp && socket.family == Family::kIpv4 && octets.size() >= 2) {
        // A raw IPv4 socket hands out the IP header as well; an IPv6 one does not (raw(7), RFC 3542 3).
        beside.traffic_class = traffic_class(octets);
        octets = octets.subspan(std::min<std::size_t>((octets[0] & 0x0fU) * 4U, octets.size()));
    }
    arrivals_.cut = {.octets = octets,
                     .outer = {.local = {*beside.destination, udp ? sockets_.natt_port() : std::uint16_t{0}},
                               .remote = {remote->address, udp ? remote->port : std::uint16_t{0}}},
                     .encapsulation = socket.encapsulation,
                     .traffic_class = beside.traffic_class};
    arrivals_.segment_size = beside.segment_size == 0 ? octets.size() : beside.segment_size;
}

void UdpEspIo::count_overflows(const CipherSocket& socket, std::uint32_t dropped_so_far) {
    std::uint32_t& before = dropped_so_far_[static_cast<std::size_t>(&socket - sockets_.receiving().data())];
    const std::uint32_t more = dropped_so_far - before;
    // The kernel reads its count while others add to it: it may seem to go back a little.
    if (more > std::numeric_limits<std::int32_t>::max()) return;
    overflows_ += more;
    before = dropped_so_far;
}

void UdpEspIo::expect_errors() {
    for (const CipherSocket& socket : sockets_.all())
        sockets_.mark(socket);
}

void UdpEspIo::slots(std::span<Slot> lent) {
    for (std::size_t i = 0; i < lent.size(); ++i)
        lent[i] = {.octets = sending_.at(i), .capacity = Buffers::kCapacity};
}

std::size_t UdpEspIo::tx(std::span<Slot> out) {
    std::size_t failed = 0;
    const auto socket_of = [&](const Slot& slot) -> const CipherSocket& {
        return sockets_.find(slot.outer->path.remote.address.family(), slot.outer->encapsulation, slot.dont_fragment);
    };
    for (std::size_t begin = 0, end = 0; begin < out.size(); begin = end) {
        // A run of packets for one socket, so that order within a tunnel is kept.
        const CipherSocket& socket = socket_of(out[begin]);
        while (end < out.size() && &socket_of(out[end]) == &socket)
            ++end;
        failed += send_burst(socket, out.subspan(begin, end - begin), socket.sends_trains);
    }
    return failed;
}

/// One message for each train, or for each packet; says how many packets the kernel did not take.
std::size_t UdpEspIo::send_burst(const CipherSocket& socket, std::span<Slot> slots, bool in_trains) {
    std::size_t count = 0;
    for (std::size_t begin = 0; begin < slots.size(); ++count) {
        const std::size_t length = in_trains ? train_length(slots.subspan(begin)) : 1;
        for (std::size_t i = begin; i < begin + length; ++i)
            out_.parts[i] = {slots[i].octets, slots[i].length};
        address_message(count, slots.subspan(begin, length));
        out_.messages[count].msg_hdr.msg_iov = &out_.parts[begin];
        begin += length;
    }
    std::size_t failed = 0;
    for (std::size_t sent = 0; sent < count;) {
        const std::size_t taken = send_messages(socket, {&out_.messages[sent], count - sent});
        sent += taken;
        if (taken > 0) continue;
        const msghdr& message = out_.messages[sent].msg_hdr;
        const auto first = static_cast<std::size_t>(message.msg_iov - out_.parts.data());
        const std::span<Slot> refused = slots.subspan(first, message.msg_iovlen);
        ++sent;
        if (refused.size() > 1 && (errno == EMSGSIZE || errno == EINVAL)) {
            // Each datagram is larger than the link takes: the kernel fragments single ones only.
            const auto rest = slots.subspan(first + refused.size());
            return failed + send_burst(socket, refused, false) + send_burst(socket, rest, true);
        }
        if (errno == EMSGSIZE && socket.dont_fragment) reports_.refused(refused.front());
        // The others may still go.
        for (Slot& slot : refused)
            slot.refused = true;
        failed += refused.size();
    }
    return failed;
}

/// How many of the first the kernel takes in one call. None: it does not take the first one, for the reason in errno.
std::size_t UdpEspIo::send_messages(const CipherSocket& socket, std::span<mmsghdr> messages) {
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
        const int taken =
            sendmmsg(socket.fd.get(), messages.data(), static_cast<unsigned>(messages.size()), MSG_DONTWAIT);
        const bool all = taken >= 0 && static_cast<std::size_t>(taken) == messages.size();
        // The error at which it stopped short is not told.
        if (!all) sockets_.mark(socket);
        if (taken > 0) return static_cast<std::size_t>(taken);
        if (is_lack_of_room(errno)) break;
    }
    return 0;
}

void UdpEspIo::address_message(std::size_t index, std::span<const Slot> train) {
    const Slot& first = train.front();
    Endpoint to = first.outer->path.remote;
    if (first.outer->encapsulation == Encapsulation::kNone) to.port = 0;
    msghdr& message = out_.messages[index].msg_hdr;
    message = {};
    message.msg_name = &out_.addresses[index];
    message.msg_namelen = to_socket_address(to, out_.addresses[index]);
    message.msg_iovlen = train.size();
    set_source(message, out_.ancillary[index], first.outer->path.local.address);
    set_traffic_class(message, out_.ancillary[index], to.address.family(), first.traffic_class);
    if (train.size() > 1) set_segment_size(message, out_.ancillary[index], static_cast<std::uint16_t>(first.length));
}

}  // namespace esplane::dataplane
