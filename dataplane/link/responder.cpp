#include "dataplane/link/responder.h"

#include <algorithm>

#include "dataplane/link/echo.h"
#include "dataplane/link/hosts.h"

namespace esplane::dataplane {
namespace {

// Whoever floods a port has its worker answer so often, and no oftener: it has packets to seal.
constexpr std::uint32_t kBurst = 256;
constexpr std::chrono::microseconds kBetweenAnswers{500};
constexpr std::chrono::microseconds kBetweenEchoes{100};

/// RFC 1812 4.2.3.1: the first and the last address of an IPv4 prefix are nobody's, unless it has only two (RFC 3021).
bool is_nobodys(const IpAddress& address, std::uint8_t prefix_length) {
    if (address.family() == Family::kIpv6 || prefix_length > 30) return false;
    const std::uint64_t host_bits = 0xffffffffU >> prefix_length;
    const std::uint64_t host = address.high() >> 32 & host_bits;
    return host == 0 || host == host_bits;
}

}  // namespace

LinkResponder::LinkResponder(PortNumber port, const MacAddress& mac, const PortOptions& options, NeighbourTable& table)
    : port_(port),
      station_{mac, options.vlan},
      addresses_(options.addresses),
      table_(table),
      answers_(kBurst, kBetweenAnswers),
      echoes_(kBurst, kBetweenEchoes),
      reports_(1, kBetweenReports) {}

LinkResponder::Outcome LinkResponder::handle(MutableByteView frame, std::size_t room, TimePoint now) {
    const auto header = parse_ethernet(frame);
    if (!header || !is_for_us(*header)) {
        counters_.foreign.add(1);
        return {.verdict = Verdict::kDone};
    }
    const Frame parsed{*header, frame, room};
    switch (header->type) {
        case kEtherTypeArp:
            return handle_arp(parsed, now);
        case kEtherTypeIpv4:
            return handle_echo(parsed, now);
        case kEtherTypeIpv6:
            return handle_ipv6(parsed, now);
        default:
            return {};
    }
}

/// Not what a switch floods to us, nor what comes back to us of our own.
bool LinkResponder::is_for_us(const EthernetHeader& header) const {
    const bool is_to_us = header.destination == station_.mac || header.destination.is_multicast();
    return is_to_us && header.source.is_station() && header.source != station_.mac && header.vlan == station_.vlan;
}

bool LinkResponder::is_own(const IpAddress& address) const {
    return is_ours(address, addresses_);
}

/// Whether a neighbour can have it.
bool LinkResponder::is_on_link(const IpAddress& address) const {
    if (is_own(address)) return false;
    if (is_link_local(address)) return true;
    return std::any_of(addresses_.begin(), addresses_.end(), [&](const PortAddress& own) {
        return is_near(own, address) && !is_nobodys(address, own.prefix_length);
    });
}

LinkResponder::Outcome LinkResponder::malformed() {
    counters_.malformed.add(1);
    return {.verdict = Verdict::kDone};
}

LinkResponder::Outcome LinkResponder::duplicate(const IpAddress& address, const MacAddress& mac, TimePoint now) {
    counters_.duplicates.add(1);
    Outcome outcome{.verdict = Verdict::kDone};
    if (reports_.take(now)) outcome.duplicate = DuplicateAddress{address, mac};
    return outcome;
}

bool LinkResponder::may_answer(const Frame& frame, TimePoint now) {
    if (frame.has_room() && answers_.take(now)) {
        counters_.answered.add(1);
        return true;
    }
    counters_.throttled.add(1);
    return false;
}

LinkResponder::Outcome LinkResponder::handle_arp(const Frame& frame, TimePoint now) {
    const auto packet = parse_arp(frame.payload());
    if (!packet || packet->sender_mac == station_.mac) return malformed();
    Outcome outcome{.verdict = Verdict::kDone};
    if (is_own(packet->sender)) {
        outcome = duplicate(packet->sender, packet->sender_mac, now);
    } else if (!packet->sender.is_unspecified()) {
        const Heard how = heard_in(*packet, frame.header);
        if (how != Heard::kRequest || is_on_link(packet->sender))
            table_.heard(port_, packet->sender, packet->sender_mac, now, how);
    }
    // A probe, and an announcement of an address of ours, too: so its sender learns that it is taken (RFC 5227 2.1.1).
    const bool is_question = packet->operation == ArpOperation::kRequest && is_own(packet->target);
    if (!is_question || !may_answer(frame, now)) return outcome;
    outcome.verdict = Verdict::kReply;
    outcome.length = write_arp_reply(station_, *packet, frame.octets.data());
    return outcome;
}

Heard LinkResponder::heard_in(const ArpPacket& packet, const EthernetHeader& header) const {
    if (!is_own(packet.target)) return Heard::kClaim;
    if (packet.operation == ArpOperation::kRequest) return Heard::kRequest;
    return header.destination == station_.mac && packet.target_mac == station_.mac ? Heard::kAnswer : Heard::kClaim;
}

LinkResponder::Outcome LinkResponder::handle_ipv6(const Frame& frame, TimePoint now) {
    const auto type = discovery_type(frame.payload());
    return type ? handle_discovery(frame, *type, now) : handle_echo(frame, now);
}

LinkResponder::Outcome LinkResponder::handle_discovery(const Frame& frame, DiscoveryType type, TimePoint now) {
    if (type == DiscoveryType::kNeighbourSolicitation) {
        const auto solicitation = parse_neighbour_solicitation(frame.payload());
        return solicitation ? handle_solicitation(frame, *solicitation, now) : malformed();
    }
    if (type == DiscoveryType::kNeighbourAdvertisement) {
        const auto advertisement = parse_neighbour_advertisement(frame.payload());
        return advertisement ? handle_advertisement(*advertisement, now) : malformed();
    }
    return {.verdict = Verdict::kDone};
}

/// RFC 4861 7.2.3, 7.2.4; RFC 4862 5.4.3.
LinkResponder::Outcome LinkResponder::handle_solicitation(const Frame& frame, const NeighbourSolicitation& message,
                                                          TimePoint now) {
    const MacAddress mac = message.source_mac.value_or(frame.header.source);
    if (mac == station_.mac) return malformed();
    if (is_own(message.source)) return duplicate(message.source, mac, now);
    const bool is_to_us =
        message.destination == message.target || message.destination == solicited_node(message.target);
    if (!is_own(message.target) || !is_to_us) return {.verdict = Verdict::kDone};
    if (message.source_mac && is_on_link(message.source))
        table_.heard(port_, message.source, mac, now, Heard::kRequest);
    if (!may_answer(frame, now)) return {.verdict = Verdict::kDone};
    return {.verdict = Verdict::kReply,
            .length = write_neighbour_advertisement(station_, message, mac, frame.octets.data())};
}

/// RFC 4861 7.2.5.
LinkResponder::Outcome LinkResponder::handle_advertisement(const NeighbourAdvertisement& message, TimePoint now) {
    if (is_own(message.target)) {
        if (!message.target_mac || *message.target_mac == station_.mac) return malformed();
        return duplicate(message.target, *message.target_mac, now);
    }
    const bool is_answer = message.solicited && is_own(message.destination);
    if (!message.target_mac) {
        if (is_answer) table_.confirmed(port_, message.target, now);
        return {.verdict = Verdict::kDone};
    }
    if (*message.target_mac == station_.mac) return malformed();
    const Heard strong = is_answer ? Heard::kAnswer : Heard::kClaim;
    const Heard weak = is_answer ? Heard::kWeakAnswer : Heard::kWeakClaim;
    table_.heard(port_, message.target, *message.target_mac, now, message.overrides ? strong : weak);
    return {.verdict = Verdict::kDone};
}

LinkResponder::Outcome LinkResponder::handle_echo(const Frame& frame, TimePoint now) {
    const unsigned version = frame.header.type == kEtherTypeIpv4 ? 4 : 6;
    if (!is_echo_request(frame.payload(), addresses_) || frame.payload()[0] >> 4 != version) return {};
    if (!frame.has_room() || !echoes_.take(now)) {
        counters_.throttled.add(1);
        return {.verdict = Verdict::kDone};
    }
    const bool is_to_us_alone = frame.header.destination == station_.mac;  // RFC 1122 3.3.6
    const std::uint32_t length = is_to_us_alone ? answer_echo(frame.payload(), addresses_) : 0;
    if (length == 0) return malformed();
    counters_.echoes.add(1);
    // The frame may have come with a tag that says a priority, and goes without.
    const ByteView reply = frame.payload().first(length);
    const EthernetHeader header{
        .destination = frame.header.source, .source = station_.mac, .type = frame.header.type, .vlan = station_.vlan};
    const std::uint32_t header_length = station_.vlan ? kTaggedEthernetHeader : kEthernetHeader;
    std::copy(reply.begin(), reply.end(), frame.octets.begin() + header_length);
    write_ethernet(header, frame.octets.data());
    return {.verdict = Verdict::kReply,
            .length = pad_ethernet(frame.octets.data(), header_length, header_length + length)};
}

std::uint32_t LinkResponder::write_question(const IpAddress& address, const std::optional<MacAddress>& known_mac,
                                            std::uint8_t* to) const {
    const PortAddress* source = nullptr;
    for (const PortAddress& own : addresses_) {
        if (own.address.family() != address.family()) continue;
        const bool is_fit = is_near(own, address) || (is_link_local(own.address) && is_link_local(address));
        if (source == nullptr || is_fit) source = &own;
        if (is_fit) break;
    }
    if (source == nullptr) return 0;
    if (address.family() == Family::kIpv6)
        return write_neighbour_solicitation(station_, source->address, address, known_mac, to);
    return write_arp_request(station_, source->address, address, known_mac.value_or(kBroadcastMac), to);
}

std::uint32_t LinkResponder::write_announcement(const IpAddress& own, std::uint8_t* to) const {
    if (own.family() == Family::kIpv4) return write_arp_request(station_, own, own, kBroadcastMac, to);
    // As if somebody had asked who does not say who he is: all nodes are told.
    const NeighbourSolicitation anybody{.source = IpAddress::any(Family::kIpv6), .target = own};
    return write_neighbour_advertisement(station_, anybody, kBroadcastMac, to);
}

}  // namespace esplane::dataplane
