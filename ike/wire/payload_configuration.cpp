// The Configuration payload (RFC 7296 3.15).
#include <algorithm>
#include <array>

#include "ike/wire/caps.h"
#include "ike/wire/octets.h"
#include "ike/wire/payloads.h"

namespace esplane::ike::wire {
namespace {

constexpr std::size_t kFixedLength = 4;
constexpr std::size_t kAttributeHeaderLength = 4;
constexpr std::uint16_t kReservedBit = 0x8000;  // ignored on receipt

struct Lengths {
    ConfigAttributeType type;
    std::array<std::size_t, 2> besides_zero;
};

// Some peers leave out the length of the prefix behind an IPv6 address.
constexpr std::array kLengths{
    Lengths{ConfigAttributeType::kIp4Address, {4, 4}},  Lengths{ConfigAttributeType::kIp4Netmask, {4, 4}},
    Lengths{ConfigAttributeType::kIp4Dns, {4, 4}},      Lengths{ConfigAttributeType::kIp6Address, {17, 16}},
    Lengths{ConfigAttributeType::kIp6Dns, {16, 16}},    Lengths{ConfigAttributeType::kIp4Subnet, {8, 8}},
    Lengths{ConfigAttributeType::kIp6Subnet, {17, 17}},
};

bool has_a_length_of_its_type(const ConfigAttribute& attribute) {
    const auto known =
        std::find_if(kLengths.begin(), kLengths.end(), [&](const Lengths& each) { return attribute.is(each.type); });
    const std::size_t length = attribute.value.size();
    return known == kLengths.end() || length == 0 || length == known->besides_zero[0] ||
           length == known->besides_zero[1];
}

}  // namespace

Result<Configuration, ParseError> parse_configuration(ByteView body) {
    Cursor cursor(body);
    const auto fixed = cursor.take(kFixedLength);
    if (!fixed) return fail(ParseErrorKind::kTruncated, "CP payload");
    Configuration configuration;
    configuration.type = (*fixed)[0];
    while (!cursor.empty()) {
        if (configuration.attributes.size() == kMaxConfigAttributes)
            return fail(ParseErrorKind::kBadValue, "CP payload: too many attributes");
        const auto header = cursor.take(kAttributeHeaderLength);
        if (!header) return fail(ParseErrorKind::kTruncated, "CP payload: attribute");
        const auto value = cursor.take(load_be<std::uint16_t>(header->data() + 2));
        if (!value) return fail(ParseErrorKind::kTruncated, "CP payload: attribute");
        const auto type = static_cast<std::uint16_t>(load_be<std::uint16_t>(header->data()) & ~kReservedBit);
        configuration.attributes.push_back({type, to_bytes(*value)});
        if (!has_a_length_of_its_type(configuration.attributes.back()))
            return fail(ParseErrorKind::kBadLength, "CP payload: attribute length");
    }
    return configuration;
}

void write_configuration(Bytes& to, const Configuration& configuration) {
    append_be(to, configuration.type);
    append_zeros(to, kFixedLength - 1);
    for (const ConfigAttribute& attribute : configuration.attributes) {
        crypto::require(attribute.value.size() <= 0xffff, "an attribute is longer than its length field holds");
        append_be(to, attribute.type);
        append_be(to, static_cast<std::uint16_t>(attribute.value.size()));
        append(to, attribute.value);
    }
}

}  // namespace esplane::ike::wire
