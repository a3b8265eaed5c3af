#include "tests/unit/dataplane/support/host_kernel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/unit/dataplane/support/flows.h"

namespace esplane::dataplane::test {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kDestinationOptions = 60;

bool is_v4(ByteView packet) {
    return packet[0] >> 4 == 4;
}

std::size_t transport_at(ByteView packet) {
    if (is_v4(packet)) return (packet[0] & 15U) * 4U;
    return packet[6] == kDestinationOptions ? 48 : 40;
}

std::uint8_t protocol_of(ByteView packet) {
    if (is_v4(packet)) return packet[9];
    return packet[6] == kDestinationOptions ? packet[40] : packet[6];
}

std::uint16_t word(ByteView packet, std::size_t at) {
    return static_cast<std::uint16_t>(packet[at] << 8 | packet[at + 1]);
}

void set_word(Bytes& packet, std::size_t at, std::size_t value) {
    packet[at] = static_cast<std::uint8_t>(value >> 8);
    packet[at + 1] = static_cast<std::uint8_t>(value);
}

/// Of addresses, protocol and the transport's length.
std::uint64_t pseudo_sum(ByteView packet) {
    const ByteView addresses = is_v4(packet) ? packet.subspan(12, 8) : packet.subspan(8, 32);
    return weigh(addresses) + protocol_of(packet) + (packet.size() - transport_at(packet));
}

void set_lengths(Bytes& packet) {
    const std::size_t transport = transport_at(packet);
    if (protocol_of(packet) == kUdp) set_word(packet, transport + 4, packet.size() - transport);
    if (!is_v4(packet)) {
        set_word(packet, 4, packet.size() - 40);
        return;
    }
    set_word(packet, 2, packet.size());
    set_word(packet, 10, 0);
    set_word(packet, 10, 0xffffU - fold(weigh(ByteView(packet).first(transport))));
}

/// 0 is written as all ones (skb_checksum_help()), for UDP because RFC 768 says so.
void sum_up(Bytes& packet, std::size_t from, std::size_t field, std::uint64_t sum) {
    set_word(packet, field, 0);
    const std::uint16_t checksum = 0xffffU - fold(sum + weigh(ByteView(packet).subspan(from)));
    set_word(packet, field, checksum == 0 ? 0xffffU : checksum);
}

std::size_t headers_of(ByteView packet) {
    const std::size_t transport = transport_at(packet);
    return transport + (protocol_of(packet) == kTcp ? (packet[transport + 12] >> 4) * 4U : 8U);
}

void change_tcp(Bytes& segment, std::size_t offset, bool last) {
    std::uint8_t* const header = segment.data() + transport_at(segment);
    store_be(header + 4, static_cast<std::uint32_t>(load_be<std::uint32_t>(header + 4) + offset));
    if (!last) header[13] &= 0xf6;       // FIN and PSH
    if (offset > 0) header[13] &= 0x7f;  // CWR
}

}  // namespace

TunPair::TunPair() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    device_ = FileDescriptor(ends[0]);
    kernel_ = FileDescriptor(ends[1]);
    const int room = 4 << 20;
    for (const int end : ends)
        REQUIRE(setsockopt(end, SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
}

void TunPair::hand_out(const Message& message) const {
    Bytes octets(sizeof message.offload);
    std::memcpy(octets.data(), &message.offload, sizeof message.offload);
    append(octets, message.packet);
    hand_out(octets);
}

void TunPair::hand_out(ByteView octets) const {
    REQUIRE(send(kernel_.get(), octets.data(), octets.size(), 0) == static_cast<ssize_t>(octets.size()));
}

std::optional<Message> TunPair::take_in() const {
    static Bytes buffer(65536 + 1);
    Message message;
    iovec parts[2] = {{&message.offload, sizeof message.offload}, {buffer.data(), buffer.size()}};
    const ssize_t length = readv(kernel_.get(), parts, 2);
    if (length < 0) return std::nullopt;
    REQUIRE(length >= static_cast<ssize_t>(sizeof message.offload));
    message.packet = to_bytes(ByteView(buffer).first(static_cast<std::size_t>(length) - sizeof message.offload));
    return message;
}

std::vector<Message> TunPair::take_in_all() const {
    std::vector<Message> all;
    while (auto message = take_in())
        all.push_back(std::move(*message));
    return all;
}

Message without_checksum(Bytes packet, std::uint16_t segment_size) {
    const bool tcp = protocol_of(packet) == kTcp;
    const std::size_t transport = transport_at(packet);
    const std::uint16_t field = tcp ? 16 : 6;
    set_word(packet, transport + field, fold(pseudo_sum(packet)));
    OffloadHeader offload{.flags = kOffloadNeedsChecksum,
                          .gso_type = kGsoNone,
                          .hdr_len = 0,
                          .gso_size = segment_size,
                          .csum_start = static_cast<std::uint16_t>(transport),
                          .csum_offset = field};
    if (segment_size > 0) {
        offload.hdr_len = static_cast<std::uint16_t>(headers_of(packet));
        offload.gso_type = !tcp ? kGsoUdp : is_v4(packet) ? kGsoTcpIpv4 : kGsoTcpIpv6;
        if (tcp && (packet[transport + 13] & 0x80) != 0) offload.gso_type |= kGsoWithEcn;
    }
    return {offload, std::move(packet)};
}

Bytes with_ip_options(Bytes packet) {
    const bool v4 = is_v4(packet);
    const Bytes nothing = v4 ? Bytes(8, 1) : Bytes{packet[6], 0, 1, 4, 0, 0, 0, 0};
    packet.insert(packet.begin() + (v4 ? 20 : 40), nothing.begin(), nothing.end());
    if (v4) {
        packet[0] = 0x47;
    } else {
        packet[6] = kDestinationOptions;
    }
    set_lengths(packet);
    return packet;
}

bool kernel_takes(const Message& message) {
    const auto& [offload, packet] = message;
    const bool unsummed = (offload.flags & kOffloadNeedsChecksum) != 0;
    if (offload.gso_type == kGsoNone)
        return !unsummed || offload.csum_start + offload.csum_offset + 2U <= packet.size();
    const std::size_t transport = transport_at(packet);
    const std::size_t headers = headers_of(packet);
    const bool tcp = protocol_of(packet) == kTcp;
    if (!tcp && protocol_of(packet) != kUdp) return false;
    const std::uint8_t type = !tcp ? kGsoUdp : is_v4(packet) ? kGsoTcpIpv4 : kGsoTcpIpv6;
    const std::size_t field = tcp ? 16 : 6;
    const std::size_t said = is_v4(packet) ? word(packet, 2) : word(packet, 4) + 40U;
    return unsummed && (offload.gso_type & 0x7f) == type && offload.hdr_len == headers && offload.gso_size > 0 &&
           packet.size() - headers > offload.gso_size && offload.csum_start == transport &&
           offload.csum_offset == field && said == packet.size() &&
           (tcp || word(packet, transport + 4) == packet.size() - transport) &&
           word(packet, transport + field) == fold(pseudo_sum(packet));
}

std::vector<Bytes> packets_of(const Message& message) {
    const auto& [offload, whole] = message;
    const std::size_t field = offload.csum_start + std::size_t{offload.csum_offset};
    if (offload.gso_type == kGsoNone) {
        std::vector<Bytes> one{whole};
        // The sum of the pseudo header is there already.
        if (offload.flags != 0) sum_up(one[0], offload.csum_start, field, word(whole, field));
        return one;
    }
    std::vector<Bytes> segments;
    const std::size_t headers = headers_of(whole);
    for (std::size_t at = headers; at < whole.size(); at += offload.gso_size) {
        const std::size_t end = std::min(whole.size(), at + offload.gso_size);
        Bytes segment = to_bytes(ByteView(whole).first(headers));
        append(segment, ByteView(whole).subspan(at, end - at));
        if (is_v4(segment)) set_word(segment, 4, word(whole, 4) + segments.size());
        set_lengths(segment);
        if (protocol_of(segment) == kTcp) change_tcp(segment, at - headers, end == whole.size());
        sum_up(segment, offload.csum_start, field, pseudo_sum(segment));
        segments.push_back(std::move(segment));
    }
    return segments;
}

}  // namespace esplane::dataplane::test
