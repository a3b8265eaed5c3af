#include "tests/unit/dataplane/support/host_traffic.h"

#include <algorithm>

#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane::test {
namespace {

constexpr std::size_t kMostPayload = 65000;
constexpr std::uint8_t kFin = 0x01;
constexpr std::uint8_t kRst = 0x04;
constexpr std::uint8_t kPsh = 0x08;
constexpr std::uint8_t kUrg = 0x20;
constexpr std::uint8_t kEce = 0x40;
constexpr std::uint8_t kCwr = 0x80;

Bytes timestamps(std::uint32_t value) {
    Bytes options{1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 7};
    store_be(options.data() + 4, value);
    return options;
}

std::size_t headers_of(const Segment& segment) {
    return (segment.v6 ? 40U : 20U) + (segment.tcp ? 20 + segment.options.size() : 8U);
}

/// With the first word of the payload such that the checksum comes out as 0, which UDP writes as all ones.
Bytes build_with_checksum_of_zero(Segment segment) {
    if (segment.payload.size() < 2) return build(segment);
    segment.payload[0] = segment.payload[1] = 0;
    const Bytes packet = build(segment);
    const std::size_t at = (segment.v6 ? 40U : 20U) + (segment.tcp ? 16U : 6U);
    std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(at), 2, segment.payload.begin());
    return build(segment);
}

}  // namespace

HostTraffic::HostTraffic(crypto::Random& random) : random_(random), pool_(random.bytes(2 * kMostPayload)) {
    constexpr std::uint16_t kMss[] = {1398, 536, 8948, 1220, 7, 1448, 1200, 1, 1398, 30'000};
    for (std::size_t i = 0; i < std::size(kMss); ++i) {
        Segment segment{.v6 = i % 4 >= 2, .tcp = i % 2 == 0, .host = static_cast<std::uint8_t>(i / 2)};
        segment.dont_fragment = i % 5 < 3;
        segment.id = static_cast<std::uint16_t>(0xffc0 + i);
        segment.sequence = random_.u32() | 0xfff00000;  // soon around
        if (segment.tcp && i % 3 != 0) segment.options = timestamps(static_cast<std::uint32_t>(i));
        flows_.push_back({segment, kMss[i]});
    }
}

Offer HostTraffic::next() {
    const std::uint64_t roll = random_.below(40);
    if (roll < 16) return {super_packet()};
    if (roll < 30) return {whole_packet()};
    if (roll < 32) return {control_packet()};
    if (roll < 34) return {other_packet()};
    if (roll < 37) return {spoilt_packet(), Offer::Kind::kSpoilt};
    if (roll < 39) return {malformed_message(), Offer::Kind::kMalformed};
    return {{{}, ip(address("10.9.0.1"), address("10.2.0.200"), 17, udp(1, 2, some(99)))}, Offer::Kind::kForeign};
}

Bytes HostTraffic::some(std::size_t length) {
    const auto from = pool_.begin() + static_cast<std::ptrdiff_t>(random_.below(pool_.size() - length));
    return {from, from + static_cast<std::ptrdiff_t>(length)};
}

/// Mostly the same as before: neighbours are what can be joined.
HostTraffic::Flow& HostTraffic::pick() {
    if (one_in(5)) current_ = random_.below(flows_.size());
    return flows_[one_in(4) ? random_.below(flows_.size()) : current_];
}

/// What changes in a flow from time to time, and stays so.
void HostTraffic::move_on(Flow& flow) {
    Segment& segment = flow.segment;
    if (one_in(12)) segment.traffic_class ^= static_cast<std::uint8_t>(1U << random_.below(8));
    if (one_in(20)) segment.ttl ^= 1;
    if (!segment.tcp) return;
    if (one_in(12)) segment.window = static_cast<std::uint16_t>(random_.u32());
    if (one_in(12)) segment.acknowledged += 1000;
    if (one_in(12) && !segment.options.empty()) segment.options = timestamps(random_.u32());
    if (one_in(40)) segment.sequence += 1000;
}

Segment HostTraffic::data(Flow& flow, std::size_t length) {
    move_on(flow);
    Segment sent = flow.segment;
    sent.payload = some(length);
    if (sent.tcp) {
        if (one_in(4)) sent.flags |= kPsh;
        if (one_in(20)) sent.flags |= kFin;
        if (one_in(15)) sent.flags |= kCwr;
        if (one_in(15)) sent.flags |= kEce;
        if (one_in(20)) {
            sent.flags |= kUrg;
            sent.urgent = static_cast<std::uint16_t>(random_.u32());
        }
    }
    flow.segment.sequence += static_cast<std::uint32_t>(length);
    flow.segment.id += static_cast<std::uint16_t>((length + flow.mss - 1) / flow.mss);
    return sent;
}

/// Often a multiple of what a segment holds, so that the next goes on where it ends; not too many segments.
std::size_t HostTraffic::super_length(const Flow& flow) {
    const std::size_t most = std::min<std::size_t>(kMostPayload / flow.mss, one_in(6) ? 200 : 20);
    const std::size_t whole = flow.mss * (1 + random_.below(std::max<std::size_t>(most, 1)));
    return one_in(3) ? std::min(kMostPayload, whole + random_.below(flow.mss)) : whole;
}

Message HostTraffic::super_packet() {
    Flow& flow = pick();
    Bytes packet = build(data(flow, super_length(flow)));
    if (one_in(15)) packet = with_ip_options(std::move(packet));
    Message message = without_checksum(std::move(packet), flow.mss);
    if (one_in(3)) message.offload.hdr_len = static_cast<std::uint16_t>(random_.u32());  // a hint, no more
    return message;
}

Message HostTraffic::whole_packet() {
    Flow& flow = pick();
    const std::size_t length = one_in(4) ? 1 + random_.below(flow.mss) : flow.mss;
    const Segment segment = data(flow, one_in(100) ? kMostPayload - headers_of(flow.segment) : length);
    if (one_in(10)) return {{}, build_with_checksum_of_zero(segment)};
    return one_in(2) ? without_checksum(build(segment)) : Message{{}, build(segment)};
}

Message HostTraffic::control_packet() {
    Segment segment = pick().segment;
    segment.payload.clear();
    if (segment.tcp && one_in(3)) {
        segment.flags = kSyn;
        segment.options = Bytes{2, 4, 5, 180, 1, 1, 1, 0};  // MSS 1460
    } else if (segment.tcp && one_in(3)) {
        segment.flags = static_cast<std::uint8_t>(one_in(2) ? kRst : kRst | kAck);
    }
    return {{}, build(segment)};
}

Message HostTraffic::other_packet() {
    const bool v6 = one_in(2);
    const IpAddress from = address(v6 ? "fd00::1" : "10.1.0.1");
    const IpAddress to = address(v6 ? "fd00::2" : "10.2.0.200");
    const Bytes payload = some(8 + random_.below(3000));
    switch (random_.below(4)) {
        case 0:
            return {{}, ip(from, to, v6 ? 58 : 1, payload)};
        case 1:
            return {{}, ip(from, to, 253, payload)};
        case 2:
            return {{}, fragment(payload)};
        default: {
            Segment segment = pick().segment;
            segment.payload = payload;
            return {{}, with_ip_options(build(segment))};
        }
    }
}

/// A first one or a later one, of no datagram that is ever whole.
Bytes HostTraffic::fragment(const Bytes& payload) {
    const bool first = one_in(2);
    if (one_in(2)) {
        const auto place = static_cast<std::uint16_t>(first ? 0x2000 : 0x2001 + random_.below(500));
        return ipv4(address("10.1.0.1"), address("10.2.0.200"), 17, payload, place);
    }
    Bytes behind{17, 0, 0, static_cast<std::uint8_t>(first ? 1 : 9), 0, 0, 0, 5};
    append(behind, payload);
    return ipv6(address("fd00::1"), address("fd00::2"), 44, behind);
}

/// A flow's next segment, one bit of it flipped where a checksum covers it.
Message HostTraffic::spoilt_packet() {
    Flow& flow = pick();
    Bytes packet = build(data(flow, flow.mss));
    const std::size_t transport = flow.segment.v6 ? 40 : 20;
    std::size_t at = transport + random_.below(packet.size() - transport);
    if (!flow.segment.v6 && one_in(4)) at = 10 + random_.below(2);
    packet[at] ^= static_cast<std::uint8_t>(1U << random_.below(8));
    return {{}, std::move(packet)};
}

Message HostTraffic::malformed_message() {
    const auto segment = [&] { return Segment{.payload = some(3000)}; };
    Message message = without_checksum(build(segment()), 1000);
    switch (random_.below(6)) {
        case 0:
            message.offload.gso_size = 0;
            break;
        case 1:
            message.offload.gso_type = 99;
            break;
        case 2:
            message.offload.gso_type = kGsoUdp;
            break;
        case 3:
            message.packet.resize(random_.below(message.packet.size()));
            break;
        case 4:
            message.offload.gso_type = kGsoNone;
            message.offload.csum_start = 5000;
            break;
        default:
            message = {{}, some(1000)};
            message.packet[0] = 0x25;
            break;
    }
    return message;
}

}  // namespace esplane::dataplane::test
