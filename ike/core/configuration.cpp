#include "ike/core/configuration.h"

#include <algorithm>

#include "ike/wire/caps.h"

namespace esplane::ike {
namespace {

using wire::ConfigAttribute;
using wire::ConfigAttributeType;

/// Of an attribute whose value begins with one; empty for an empty value.
std::optional<IpAddress> address_of(const ConfigAttribute& attribute) {
    const ByteView value = attribute.value;
    const bool ipv4 = attribute.is(ConfigAttributeType::kIp4Address) || attribute.is(ConfigAttributeType::kIp4Dns);
    const std::size_t length = ipv4 ? 4 : 16;
    if (value.size() < length) return std::nullopt;
    const auto address = IpAddress::from_octets(value.first(length));
    return address && !address->is_unspecified() ? address : std::nullopt;
}

void add(wire::Configuration& to, ConfigAttributeType type, Bytes value = {}) {
    to.attributes.push_back({static_cast<std::uint16_t>(type), std::move(value)});
}

Bytes with_length(const IpAddress& address, int length) {
    Bytes value = to_bytes(address.octets());
    value.push_back(static_cast<std::uint8_t>(length));
    return value;
}

void add_address(wire::Configuration& to, const IpAddress& address) {
    if (address.family() == Family::kIpv4)
        add(to, ConfigAttributeType::kIp4Address, to_bytes(address.octets()));
    else
        add(to, ConfigAttributeType::kIp6Address, with_length(address, 128));
}

/// The prefix that a range of addresses is; empty for a range that is none.
std::optional<Prefix> prefix_of(const dataplane::TrafficSelector& range) {
    for (int length = 0; length <= range.first.bits(); ++length) {
        const Prefix candidate = Prefix::around(range.first, static_cast<std::uint8_t>(length));
        if (candidate.first() == range.first && candidate.last() == range.last) return candidate;
    }
    return std::nullopt;
}

void add_subnet(wire::Configuration& to, const Prefix& prefix) {
    if (prefix.address.family() == Family::kIpv6)
        return add(to, ConfigAttributeType::kIp6Subnet, with_length(prefix.address, prefix.length));
    Bytes value = to_bytes(prefix.address.octets());
    Bytes mask(4);
    store_be(mask.data(), prefix.length == 0 ? 0U : ~std::uint32_t{0} << (32U - prefix.length));
    append(value, mask);
    add(to, ConfigAttributeType::kIp4Subnet, std::move(value));
}

}  // namespace

AddressRequest read_request(const wire::Payloads& payloads) {
    AddressRequest asked;
    if (!payloads.configuration || !payloads.configuration->is(wire::ConfigType::kRequest)) return asked;
    for (const ConfigAttribute& attribute : payloads.configuration->attributes) {
        const bool ipv4 = attribute.is(ConfigAttributeType::kIp4Address);
        const bool ipv6 = attribute.is(ConfigAttributeType::kIp6Address);
        if (!ipv4 && !ipv6) continue;
        (ipv4 ? asked.ipv4 : asked.ipv6) = true;
        if (const auto wish = address_of(attribute)) asked.wishes.push_back(*wish);
    }
    return asked;
}

std::vector<dataplane::TrafficSelector> host_selectors(const std::vector<IpAddress>& addresses) {
    std::vector<dataplane::TrafficSelector> selectors;
    selectors.reserve(addresses.size());
    for (const IpAddress& address : addresses)
        selectors.push_back(
            dataplane::TrafficSelector::from_prefix({address, static_cast<std::uint8_t>(address.bits())}));
    return selectors;
}

wire::Configuration make_reply(const AddressRequest& asked, const Assignment& assigned) {
    wire::Configuration reply;
    reply.type = static_cast<std::uint8_t>(wire::ConfigType::kReply);
    const auto is_asked = [&](const IpAddress& address) {
        return address.family() == Family::kIpv4 ? asked.ipv4 : asked.ipv6;
    };
    for (const IpAddress& address : assigned.addresses) {
        if (is_asked(address)) add_address(reply, address);
    }
    for (const IpAddress& server : assigned.dns) {
        if (!is_asked(server)) continue;
        const bool ipv4 = server.family() == Family::kIpv4;
        add(reply, ipv4 ? ConfigAttributeType::kIp4Dns : ConfigAttributeType::kIp6Dns, to_bytes(server.octets()));
    }
    for (const dataplane::TrafficSelector& subnet : assigned.subnets) {
        const auto prefix = prefix_of(subnet);
        // Everything is no split: who is told nothing routes all of it.
        if (!prefix || prefix->length == 0 || !is_asked(prefix->address)) continue;
        if (reply.attributes.size() < wire::kMaxConfigAttributes) add_subnet(reply, *prefix);
    }
    return reply;
}

wire::Configuration make_request(bool ipv4, bool ipv6, const std::vector<IpAddress>& wishes) {
    wire::Configuration request;
    request.type = static_cast<std::uint8_t>(wire::ConfigType::kRequest);
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const bool is_ipv4 = family == Family::kIpv4;
        if (is_ipv4 ? !ipv4 : !ipv6) continue;
        const auto wish = std::find_if(wishes.begin(), wishes.end(),
                                       [&](const IpAddress& address) { return address.family() == family; });
        if (wish != wishes.end())
            add_address(request, *wish);
        else
            add(request, is_ipv4 ? ConfigAttributeType::kIp4Address : ConfigAttributeType::kIp6Address);
        add(request, is_ipv4 ? ConfigAttributeType::kIp4Dns : ConfigAttributeType::kIp6Dns);
    }
    return request;
}

Assignment read_reply(const wire::Payloads& payloads) {
    Assignment assigned;
    if (!payloads.configuration || !payloads.configuration->is(wire::ConfigType::kReply)) return assigned;
    for (const ConfigAttribute& attribute : payloads.configuration->attributes) {
        const bool is_address =
            attribute.is(ConfigAttributeType::kIp4Address) || attribute.is(ConfigAttributeType::kIp6Address);
        const bool is_dns = attribute.is(ConfigAttributeType::kIp4Dns) || attribute.is(ConfigAttributeType::kIp6Dns);
        const auto address = is_address || is_dns ? address_of(attribute) : std::nullopt;
        if (address) (is_address ? assigned.addresses : assigned.dns).push_back(*address);
    }
    return assigned;
}

}  // namespace esplane::ike
