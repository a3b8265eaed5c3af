// The Traffic Selector payloads (RFC 7296 3.13).
#include <algorithm>

#include "ike/wire/caps.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kFixedLength = 4;           // of the payload
constexpr std::size_t kSelectorHeaderLength = 4;  // type, protocol, length: what a selector of any type has
constexpr std::size_t kPortsLength = 4;
constexpr std::uint8_t kIpv4AddrRange = 7;
constexpr std::uint8_t kIpv6AddrRange = 8;

std::optional<std::size_t> address_length(std::uint8_t type) {
    if (type == kIpv4AddrRange) return 4;
    if (type == kIpv6AddrRange) return 16;
    return std::nullopt;
}

/// Two addresses of a length that IpAddress takes.
void set_addresses(dataplane::TrafficSelector& selector, ByteView both) {
    const std::size_t half = both.size() / 2;
    selector.first = IpAddress::from_octets(both.first(half)).value_or(IpAddress{});
    selector.last = IpAddress::from_octets(both.last(half)).value_or(IpAddress{});
}

Result<void, ParseError> add_selector(TrafficSelectors& to, ByteView octets) {
    const std::uint8_t type = octets[0];
    const auto address = address_length(type);
    if (!address) {  // 3.13: a type that we do not know takes part in nothing
        ++to.skipped;
        return {};
    }
    if (octets.size() != kSelectorHeaderLength + kPortsLength + 2 * *address) {
        return fail(ParseErrorKind::kBadLength, "TS payload: selector length");
    }
    dataplane::TrafficSelector selector;
    selector.protocol = octets[1];
    selector.first_port = load_be<std::uint16_t>(octets.data() + kSelectorHeaderLength);
    selector.last_port = load_be<std::uint16_t>(octets.data() + kSelectorHeaderLength + 2);
    set_addresses(selector, octets.subspan(kSelectorHeaderLength + kPortsLength));
    if (selector.first > selector.last) return fail(ParseErrorKind::kBadValue, "TS payload: address range");
    // 3.13.1: 65535 down to 0 is OPAQUE, which means packets whose ports cannot be seen. No packet here is of that
    // kind.
    if (selector.first_port == 65535 && selector.last_port == 0) {
        ++to.skipped;
        return {};
    }
    if (selector.first_port > selector.last_port) return fail(ParseErrorKind::kBadValue, "TS payload: port range");
    to.entries.push_back(selector);
    return {};
}

void write_selector(Bytes& to, const dataplane::TrafficSelector& selector) {
    const std::size_t start = to.size();
    append_be(to, selector.first.family() == Family::kIpv4 ? kIpv4AddrRange : kIpv6AddrRange);
    append_be(to, selector.protocol);
    append_be(to, std::uint16_t{0});  // the length
    append_be(to, selector.first_port);
    append_be(to, selector.last_port);
    append(to, selector.first.octets());
    append(to, selector.last.octets());
    close_structure(to, start);
}

}  // namespace

Result<TrafficSelectors, ParseError> parse_ts(ByteView body) {
    Cursor cursor(body);
    const auto fixed = cursor.take(kFixedLength);
    if (!fixed) return fail(ParseErrorKind::kTruncated, "TS payload");
    const std::size_t count = (*fixed)[0];
    if (count == 0) return fail(ParseErrorKind::kBadValue, "TS payload: no selector");
    TrafficSelectors selectors;
    for (std::size_t i = 0; i < count; ++i) {
        const auto structure = cursor.take_structure(kSelectorHeaderLength);
        if (!structure) return fail(structure.error(), "TS payload: selector length");
        const auto added = add_selector(selectors, *structure);
        if (!added) return Failure{added.error()};
    }
    if (!cursor.empty()) return fail(ParseErrorKind::kBadLength, "TS payload: octets behind the last selector");
    return selectors;
}

void write_ts(Bytes& to, const TrafficSelectors& selectors) {
    const std::size_t count = std::min(selectors.entries.size(), kMaxSelectors);
    append_be(to, static_cast<std::uint8_t>(count));
    append_zeros(to, 3);  // reserved
    for (std::size_t i = 0; i < count; ++i) {
        write_selector(to, selectors.entries[i]);
    }
}

}  // namespace esplane::ike::wire
