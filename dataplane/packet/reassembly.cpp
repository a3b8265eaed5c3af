#include "dataplane/packet/reassembly.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/ecn.h"
#include "dataplane/packet/inner_packet.h"
#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kLongest = 65535;
constexpr std::uint32_t kIpv6Header = 40;
constexpr std::uint32_t kFragmentHeader = 8;
constexpr std::uint8_t kNextHeaderFragment = 44;
constexpr std::uint16_t kDontFragment = 0x4000;

constexpr std::uint8_t bit_of(Ecn ecn) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(ecn));
}

Family family_of(const DatagramKey& key) {
    return key.source.family();
}

/// Whether a datagram of `data` octets behind `kept` ones can say its own length.
bool is_too_long(Family family, std::uint32_t kept, std::uint32_t data) {
    return (family == Family::kIpv4 ? kept : kept - kIpv6Header) + data > kLongest;
}

/// Octets of a transport header that must not be torn apart. TCP: up to its flags and checksum (RFC 1858 3.2.1).
std::uint32_t least_transport(std::uint8_t protocol) {
    switch (protocol) {
        case kProtocolTcp:
            return 16;
        case kProtocolUdp:
        case kProtocolIcmp:
        case kProtocolIpv6Icmp:
            return 8;
        default:
            return 0;
    }
}

/// RFC 1858 3.2.1, and RFC 7112 5: a first fragment has all headers, so that filters see them. With that and without
/// overlaps, RFC 3128's rewriting of TCP flags by a fragment at offset 8 has no place left.
bool is_tiny(const FragmentHeader& header, ByteView packet) {
    if (header.offset != 0) return false;
    const auto inner = parse_inner(packet);
    return !inner || inner->length - inner->transport_offset < least_transport(inner->protocol);
}

/// RFC 6946: takes the fragment header out, by moving what stands in front of it.
MutableByteView without_fragment_header(const FragmentHeader& header, MutableByteView packet) {
    packet[header.next_header_at] = header.protocol;
    store_be(packet.data() + 4, static_cast<std::uint16_t>(header.length - kIpv6Header - kFragmentHeader));
    std::copy_backward(packet.begin(), packet.begin() + header.kept, packet.begin() + header.data_at);
    return packet.first(header.length).subspan(kFragmentHeader);
}

void finish_ipv4(MutableByteView datagram, std::size_t header) {
    const auto field = load_be<std::uint16_t>(datagram.data() + 6);
    store_be(datagram.data() + 2, static_cast<std::uint16_t>(datagram.size()));
    store_be(datagram.data() + 6, static_cast<std::uint16_t>(field & kDontFragment));
    store_be(datagram.data() + 10, std::uint16_t{0});
    store_be(datagram.data() + 10, checksum_finish(checksum_add(0, datagram.first(header))));
}

}  // namespace

Reassembly::Reassembly(const ReassemblyOptions& options)
    : table_(options.limits), pool_(options.memory_bytes), result_(kLongest + kIpv6Header) {}

Reassembly::Outcome Reassembly::add(MutableByteView packet, std::uint32_t scope, TimePoint now) {
    expire(now);
    const auto header = parse_fragment_header(packet);
    if (!header) return drop(ReassemblyDrop::kMalformed);
    if (header->kind == FragmentHeader::Kind::kWhole) return {.datagram = packet.first(header->length)};
    if (const auto reason = refuse(*header, packet)) return drop(*reason);
    // RFC 6946 4: on its own, whatever other fragments of that identification there are.
    if (header->kind == FragmentHeader::Kind::kAtomic) return {.datagram = without_fragment_header(*header, packet)};
    DatagramKey key = header->key;
    key.scope = scope;
    return join(*header, packet, key, now);
}

void Reassembly::expire(TimePoint now) {
    table_.expire(now, [this](Datagram& datagram) { lose(datagram, ReassemblyDrop::kTimeout); });
}

/// What can be said against a fragment by itself. It is dropped alone: anyone may have sent it.
std::optional<ReassemblyDrop> Reassembly::refuse(const FragmentHeader& header, ByteView packet) {
    const std::uint32_t data = header.data_length();
    const Family family = family_of(header.key);
    // RFC 8200 4.5: all but the last are multiples of eight octets long.
    if (data == 0 || (header.more && data % 8 != 0)) return ReassemblyDrop::kMalformed;
    if (header.kept > kLongestKept) return ReassemblyDrop::kMalformed;
    if (family == Family::kIpv6 && header.protocol == kNextHeaderFragment) return ReassemblyDrop::kMalformed;
    if (is_too_long(family, header.kept, header.offset + data)) return ReassemblyDrop::kTooLong;
    if (is_tiny(header, packet)) return ReassemblyDrop::kTiny;
    return std::nullopt;
}

Reassembly::Outcome Reassembly::join(const FragmentHeader& header, ByteView packet, const DatagramKey& key,
                                     TimePoint now) {
    Datagram* datagram = table_.find(key);
    if (datagram == nullptr) {
        datagram = &table_.insert(key, now, [this](Datagram& old) { lose(old, ReassemblyDrop::kTooMany); });
        *datagram = {};
    }
    if (datagram->refused_for) return drop(*datagram->refused_for);
    if (const auto reason = place(*datagram, header, packet.subspan(header.data_at, header.data_length()))) {
        if (*reason != ReassemblyDrop::kDuplicate) abandon(*datagram, key, *reason);
        return drop(*reason);
    }
    datagram->ecn_seen |= bit_of(ecn_of(traffic_class(packet)));
    if (header.offset == 0) {
        // RFC 8200 4.5: of the headers, the first fragment's count.
        std::copy_n(packet.begin(), header.kept, datagram->kept.begin());
        datagram->kept_length = header.kept;
        datagram->next_header_at = header.next_header_at;
        datagram->protocol = header.protocol;
    }
    return datagram->ranges.complete() ? finish(*datagram, key) : Outcome{};
}

std::optional<ReassemblyDrop> Reassembly::place(Datagram& datagram, const FragmentHeader& header, ByteView data) {
    const std::uint32_t begin = header.offset;
    const std::uint32_t end = begin + header.data_length();
    switch (datagram.ranges.fit(begin, end, !header.more)) {
        case FragmentRanges::Fit::kApart:
            break;
        case FragmentRanges::Fit::kSame:
            return pool_.equals(datagram.data, begin, data) ? ReassemblyDrop::kDuplicate : ReassemblyDrop::kOverlap;
        case FragmentRanges::Fit::kOverlap:
            return ReassemblyDrop::kOverlap;
        case FragmentRanges::Fit::kBeyondEnd:
            return ReassemblyDrop::kMalformed;
        case FragmentRanges::Fit::kFull:
            return ReassemblyDrop::kTooMany;
    }
    // The pool holds at least one datagram of any length, so this one finds room at the latest when it is alone.
    while (!pool_.reserve(datagram.data, begin, end)) {
        table_.remove_oldest_but(datagram, [this](Datagram& old) { lose(old, ReassemblyDrop::kTooMany); });
    }
    pool_.write(datagram.data, begin, data);
    datagram.ranges.insert(begin, end, !header.more);
    return std::nullopt;
}

Reassembly::Outcome Reassembly::finish(Datagram& datagram, const DatagramKey& key) {
    const bool congested = (datagram.ecn_seen & bit_of(Ecn::kCe)) != 0;
    std::optional<ReassemblyDrop> reason;
    // Its first fragment's header may be longer than that of those which were measured.
    if (is_too_long(family_of(key), datagram.kept_length, datagram.ranges.length())) reason = ReassemblyDrop::kTooLong;
    if (congested && (datagram.ecn_seen & bit_of(Ecn::kNotEct)) != 0) reason = ReassemblyDrop::kMixedEcn;
    if (reason) {
        abandon(datagram, key, *reason);
        return {.drop = reason};
    }
    const MutableByteView whole = build(datagram, family_of(key));
    // RFC 3168 5.3: what one fragment has met, the datagram has met.
    if (congested) set_traffic_class(whole, with_ecn(traffic_class(whole), Ecn::kCe));
    pool_.release(datagram.data);
    table_.erase(key);
    return {.datagram = whole};
}

MutableByteView Reassembly::build(const Datagram& datagram, Family family) {
    const MutableByteView whole = MutableByteView(result_).first(datagram.kept_length + datagram.ranges.length());
    std::copy_n(datagram.kept.begin(), datagram.kept_length, whole.begin());
    pool_.read(datagram.data, whole.subspan(datagram.kept_length));
    if (family == Family::kIpv4) {
        finish_ipv4(whole, datagram.kept_length);
    } else {
        store_be(whole.data() + 4, static_cast<std::uint16_t>(whole.size() - kIpv6Header));
        whole[datagram.next_header_at] = datagram.protocol;
    }
    return whole;
}

void Reassembly::abandon(Datagram& datagram, const DatagramKey& key, ReassemblyDrop reason) {
    lose(datagram, reason);
    if (family_of(key) == Family::kIpv4) return table_.erase(key);
    datagram.ranges = {};
    datagram.refused_for = reason;
}

void Reassembly::lose(Datagram& datagram, ReassemblyDrop reason) {
    counter(reason).add(datagram.ranges.count());
    pool_.release(datagram.data);
}

Reassembly::Outcome Reassembly::drop(ReassemblyDrop reason) {
    counter(reason).add(1);
    return {.drop = reason};
}

}  // namespace esplane::dataplane
