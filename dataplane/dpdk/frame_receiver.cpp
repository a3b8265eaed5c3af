#include "dataplane/dpdk/frame_receiver.h"

#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include <algorithm>
#include <new>

#include "dataplane/link/forwarding.h"

namespace esplane::dataplane {
namespace {

TimePoint now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

FrameReceiver::FrameReceiver(Links& links, QueueShare share, LinkResponders& responders, FrameSender& sender,
                             OuterFragments& fragments, IkePorts ports, DropCounters& drops)
    : links_(links),
      share_(share),
      responders_(responders),
      sender_(sender),
      fragments_(fragments),
      ike_ports_(ports),
      drops_(drops),
      to_host_(links, drops),
      router_errors_(links.setups) {
    clear_.packets = waiting_.data();
}

std::size_t FrameReceiver::poll_cipher(std::span<Received> in) {
    fragments_.turn();
    cipher_.packets = in.data();
    for (std::uint16_t port = 0; port < links_.setups.size(); ++port) {
        if (links_.setups[port].is_cipher()) poll(PortNumber{port});
    }
    return cipher_.frames.size();
}

std::size_t FrameReceiver::poll_clear(std::span<Received> in) {
    std::copy_n(waiting_.begin(), clear_.frames.size(), in.begin());
    clear_.packets = in.data();
    for (std::uint16_t port = 0; port < links_.setups.size(); ++port) {
        if (!links_.setups[port].is_cipher()) poll(PortNumber{port});
    }
    clear_.packets = waiting_.data();  // what comes from now on waits for the next call
    return clear_.frames.size();
}

void FrameReceiver::poll(PortNumber port) {
    for (std::uint16_t queue = share_.first; queue < links_.port(port).queues(); queue += share_.workers)
        poll(port, queue);
}

void FrameReceiver::poll(PortNumber port, std::uint16_t queue) {
    std::array<rte_mbuf*, kBurst> burst;
    // Any of them may be for either side.
    const std::size_t room = std::min(cipher_.room(), clear_.room());
    const std::uint16_t count =
        rte_eth_rx_burst(links_.port(port).number(), queue, burst.data(), static_cast<std::uint16_t>(room));
    active_ = active_ || count > 0;
    constexpr std::uint16_t kAhead = 4;
    for (std::uint16_t i = 0; i < std::min(count, kAhead); ++i)
        rte_prefetch0(rte_pktmbuf_mtod(burst[i], void*));
    for (std::uint16_t i = 0; i < count; ++i) {
        if (i + kAhead < count) rte_prefetch0(rte_pktmbuf_mtod(burst[i + kAhead], void*));
        sort(burst[i], port);
    }
}

void FrameReceiver::sort(rte_mbuf* buffer, PortNumber port) {
    // Buffers are as large as the MTU wants them, so a chain is rare; one that does not fit is none of ours.
    if (buffer->nb_segs > 1 && rte_pktmbuf_linearize(buffer) != 0) return drop(buffer, DropReason::kBadFrame);
    const bool good = (buffer->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) == RTE_MBUF_F_RX_IP_CKSUM_GOOD;
    const FrameKind kind = kind_of(octets_of(*buffer), links_.setup(port), ike_ports_, good);
    switch (kind.contents) {
        case FrameContents::kRawEsp:
        case FrameContents::kUdpEsp:
            return to_cipher(buffer, kind);
        case FrameContents::kPacket:
            return to_clear(buffer, port, kind);
        case FrameContents::kIke:
            return to_control(buffer, kind);
        case FrameContents::kFragment:
            return gather(buffer, port, kind);
        case FrameContents::kOwn:
            return own(buffer, port, kind);
        case FrameContents::kLink:
            return answer(buffer, port, kind);
        case FrameContents::kNothing:
            return drop(buffer, kind.reason);
    }
}

void FrameReceiver::to_cipher(rte_mbuf* buffer, const FrameKind& kind) {
    const MutableByteView frame = octets_of(*buffer);
    const std::size_t index = cipher_.frames.size();
    // Made in its place: a copy would wait for its own making.
    ::new (&cipher_.packets[index])
        Received{.octets = frame.subspan(kind.begin, kind.length),
                 .frame = &cipher_.frames.add(buffer),
                 .outer = outer_path(frame, kind),
                 .encapsulation = kind.contents == FrameContents::kUdpEsp ? Encapsulation::kUdp : Encapsulation::kNone,
                 .traffic_class = kind.traffic_class};
}

void FrameReceiver::to_clear(rte_mbuf* buffer, PortNumber port, const FrameKind& kind) {
    const MutableByteView octets = octets_of(*buffer).subspan(kind.begin, kind.length);
    if (!count_hop(octets)) return out_of_hops(buffer, port, kind);
    add_to_clear(buffer, octets);
}

/// Whoever sent the frame is told: the packet's sender, or the router on the way to it.
void FrameReceiver::out_of_hops(rte_mbuf* buffer, PortNumber port, const FrameKind& kind) {
    drops_.count(DropReason::kHopLimit);
    const MutableByteView frame = octets_of(*buffer);
    const MacAddress sender = MacAddress::at(frame.data() + 6);
    const PortSetup& setup = links_.setup(port);
    MutableByteView message;
    if (has_room_before(*buffer, frame.data() + kind.ip, kLongestIcmpErrorHeaders + kTaggedEthernetHeader) &&
        sender.is_station())
        message = router_errors_.time_exceeded(frame.subspan(kind.begin, kind.length), setup, now());
    if (message.empty()) return rte_pktmbuf_free(buffer);
    const std::uint32_t header = setup.vlan ? kTaggedEthernetHeader : kEthernetHeader;
    const std::uint16_t type = message[0] >> 4 == 4 ? kEtherTypeIpv4 : kEtherTypeIpv6;
    write_ethernet({.destination = sender, .source = setup.mac, .type = type, .vlan = setup.vlan},
                   message.data() - header);
    set_octets(*buffer, message.data() - header, header + message.size());
    sender_.send(port, buffer);
}

bool FrameReceiver::add_to_clear(rte_mbuf* buffer, MutableByteView octets) {
    if (clear_.room() == 0) return false;
    const std::size_t index = clear_.frames.size();
    ::new (&clear_.packets[index]) Received{.octets = octets, .frame = &clear_.frames.add(buffer), .port = clear_port_};
    return true;
}

void FrameReceiver::to_control(rte_mbuf* buffer, const FrameKind& kind) {
    if (ike_.size() == kMostControl) return drop(buffer, DropReason::kControlRingFull);
    const ByteView datagram = octets_of(*buffer).subspan(kind.begin, kind.length);
    ike_.push_back({outer_path(octets_of(*buffer), kind), to_bytes(datagram)});
    rte_pktmbuf_free(buffer);
}

void FrameReceiver::gather(rte_mbuf* buffer, PortNumber port, const FrameKind& kind) {
    rte_mbuf* const whole = fragments_.add(octets_of(*buffer).subspan(kind.begin, kind.length), port);
    rte_pktmbuf_free(buffer);
    if (whole != nullptr) sort_whole(whole, port);
}

/// Of the link that the fragments came by there is nothing left in the buffer, so nothing is answered.
void FrameReceiver::sort_whole(rte_mbuf* buffer, PortNumber port) {
    const FrameKind kind = kind_of_whole(octets_of(*buffer), links_.setup(port), ike_ports_);
    switch (kind.contents) {
        case FrameContents::kRawEsp:
        case FrameContents::kUdpEsp:
            return to_cipher(buffer, kind);
        case FrameContents::kIke:
            return to_control(buffer, kind);
        case FrameContents::kOwn:
            return to_host_.take_from_port(buffer, octets_of(*buffer).subspan(kind.begin, kind.length), port);
        case FrameContents::kNothing:
            return drop(buffer, kind.reason);
        default:
            return drop(buffer, DropReason::kNotForUs);
    }
}

void FrameReceiver::own(rte_mbuf* buffer, PortNumber port, const FrameKind& kind) {
    const ByteView packet = octets_of(*buffer).subspan(kind.begin, kind.length);
    const auto report = links_.setup(port).is_cipher() ? parse_too_big(packet) : std::nullopt;
    // About another port it is the host's.
    const bool is_about_esp =
        report && (report->encapsulation == Encapsulation::kNone || report->outer.local.port == ike_ports_.natt);
    if (!is_about_esp) return answer(buffer, port, kind);
    if (reports_.size() < kMostControl) reports_.push_back(*report);
    rte_pktmbuf_free(buffer);
}

void FrameReceiver::answer(rte_mbuf* buffer, PortNumber port, const FrameKind& kind) {
    const MutableByteView frame = octets_of(*buffer);
    const auto outcome = responders_[to_number(port)].handle(frame, frame.size() + rte_pktmbuf_tailroom(buffer), now());
    if (outcome.duplicate) [[unlikely]]
        links_.claims.report(port, *outcome.duplicate);
    switch (outcome.verdict) {
        case LinkResponder::Verdict::kNotOurs:
            // RFC 1122 3.3.6: not what was for everybody on the link.
            if (kind.contents != FrameContents::kOwn || (frame[0] & 1) != 0) return drop(buffer, DropReason::kNotForUs);
            return to_host_.take_from_port(buffer, frame.subspan(kind.begin, kind.length), port);
        case LinkResponder::Verdict::kDone:
            return rte_pktmbuf_free(buffer);
        case LinkResponder::Verdict::kReply:
            set_octets(*buffer, frame.data(), outcome.length);
            return sender_.send(port, buffer);
    }
}

void FrameReceiver::drop(rte_mbuf* buffer, DropReason reason) {
    drops_.count(reason);
    rte_pktmbuf_free(buffer);
}

}  // namespace esplane::dataplane
