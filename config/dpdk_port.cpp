#include "config/dpdk_port.h"

#include <algorithm>

#include "config/dpdk_values.h"
#include "dataplane/sa/types.h"

namespace esplane::config {
namespace {

using dataplane::PortAddress;
using dataplane::PortOptions;
using dataplane::PortRole;

constexpr Choice<PortRole> kRoles[] = {
    {"clear", PortRole::kClear}, {"cipher", PortRole::kCipher}, {"both", PortRole::kBoth}};

// Ports are compared address by address, so that there must be an end to them. Far more than a gateway has.
constexpr std::size_t kMostAddresses = 32;
constexpr std::uint32_t kLeastMtu = 576;       // RFC 791 3.1: what every host accepts
constexpr std::uint32_t kLeastMtuIpv6 = 1280;  // RFC 8200 5
constexpr std::uint32_t kLargestMtu = 9700;    // what drivers of 10 Gbit/s and more agree on
constexpr std::uint32_t kHighestVlan = 4094;   // IEEE 802.1Q 9.6: 0 and 4095 are no VLANs

auto within(std::uint32_t lowest, std::uint32_t highest) {
    return [=](std::string_view text) { return parse_number(text, lowest, highest); };
}

Parsed<std::string> parse_port_name(std::string_view text) {
    if (const std::optional<std::string> flaw = flaw_of_name(text, "a port")) return Failure{*flaw};
    return std::string(text);
}

std::string family_text(const IpAddress& address) {
    return address.family() == Family::kIpv4 ? "IPv4" : "IPv6";
}

std::string links_text(const std::vector<PortAddress>& addresses) {
    std::string text;
    for (const PortAddress& address : addresses)
        text += (text.empty() ? "" : ", ") + link_of(address).to_string();
    return text;
}

/// Whether all of them are there and right.
bool read_addresses(WrittenPort& port) {
    const Section& section = port.section;
    if (!section.has("addresses")) {
        section.missing("addresses", "list the port's own, such as [203.0.113.1/24, \"2001:db8::1/64\"]");
        return false;
    }
    const std::optional<List> list = section.list("addresses");
    if (!list) return false;
    if (list->values.empty() || list->values.size() > kMostAddresses) {
        section.complain(list->place, "addresses",
                         "from 1 to " + std::to_string(kMostAddresses) + " are possible; write them as 203.0.113.1/24");
        return false;
    }
    for (const Scalar& value : list->values) {
        const Parsed<PortAddress> address = parse_port_address(value.text);
        if (!address) {
            section.complain(value.place, "addresses", address.error());
            continue;
        }
        port.options.addresses.push_back(*address);
        port.addresses.push_back(value.place);
    }
    return port.options.addresses.size() == list->values.size();
}

/// Why `gateway` cannot be the next hop of a port that has `addresses`.
std::optional<std::string> flaw_of_gateway(const IpAddress& gateway, const std::vector<PortAddress>& addresses) {
    const auto is_own = [&](const PortAddress& own) { return own.address == gateway; };
    if (std::any_of(addresses.begin(), addresses.end(), is_own)) {
        return "is the port's own address; write that of the router";
    }
    const auto on_link = std::find_if(addresses.begin(), addresses.end(),
                                      [&](const PortAddress& address) { return link_of(address).contains(gateway); });
    if (on_link == addresses.end()) {
        return "is not on the link of the port, which has " + links_text(addresses) +
               "; write a router's address there";
    }
    const std::optional<std::string> flaw = flaw_on_link(gateway, link_of(*on_link));
    if (flaw) return *flaw + "; write that of the router";
    return std::nullopt;
}

void read_gateways(const WrittenPort& port, bool addresses_known, std::vector<IpAddress>& into) {
    const std::optional<List> list = port.section.list("gateway");
    if (!list) return;
    for (const Scalar& value : list->values) {
        const Parsed<IpAddress> gateway = parse_host_address(value.text);
        if (!gateway) {
            port.section.complain(value.place, "gateway", gateway.error());
            continue;
        }
        const auto same_family = [&](const IpAddress& other) { return other.family() == gateway->family(); };
        if (std::any_of(into.begin(), into.end(), same_family)) {
            port.section.complain(value.place, "gateway",
                                  quoted(value.text) + " is the second for " + family_text(*gateway) +
                                      "; one for IPv4 and one for IPv6 are accepted");
            continue;
        }
        into.push_back(*gateway);
        if (!addresses_known) continue;
        if (const auto flaw = flaw_of_gateway(*gateway, port.options.addresses)) {
            port.section.complain(value.place, "gateway", quoted(value.text) + ' ' + *flaw);
        }
    }
}

void read_queues(const Section& port, std::size_t workers, std::uint16_t& into) {
    std::uint32_t queues = 0;
    const auto place = port.read("queues", queues, within(1, dataplane::kMostWorkers));
    if (place && queues < workers) {
        port.complain(*place, "queues",
                      std::to_string(queues) + " for " + std::to_string(workers) +
                          " workers (gateway.workers); each needs a queue: write " + std::to_string(workers) +
                          " at least, or leave it out");
    }
    into = static_cast<std::uint16_t>(queues);
}

void read_frames(const Section& port, PortOptions& into) {
    const std::optional<Place> mtu = port.read("mtu", into.mtu_bytes, within(kLeastMtu, kLargestMtu));
    const auto is_ipv6 = [](const PortAddress& own) { return own.address.family() == Family::kIpv6; };
    const bool ipv6 = std::any_of(into.addresses.begin(), into.addresses.end(), is_ipv6);
    if (mtu && ipv6 && into.mtu_bytes < kLeastMtuIpv6) {
        port.complain(*mtu, "mtu", "the port has an IPv6 address, which needs 1280 at least");
    }
    std::uint32_t vlan = 0;
    if (port.read("vlan", vlan, within(1, kHighestVlan))) into.vlan = static_cast<std::uint16_t>(vlan);
}

}  // namespace

WrittenPort read_port(const Section& port, std::size_t workers) {
    WrittenPort result{{}, port, port.place(), port.place(), {}};
    PortOptions& options = result.options;
    result.name = port.read("name", options.name, parse_port_name).value_or(port.place());
    if (!port.has("name"))
        port.missing("name", "write a word by which messages and metrics know the port, such as wan");
    port.read("role", options.role, one_of(kRoles));
    result.device = port.read("device", options.device, parse_device).value_or(port.place());
    if (!port.has("device")) {
        port.missing("device", "write a PCI address, such as 0000:03:00.0, or a virtual device with its arguments");
    }
    const bool addresses_known = read_addresses(result);
    read_gateways(result, addresses_known, options.gateways);
    read_queues(port, workers, options.queues);
    read_frames(port, options);
    return result;
}

}  // namespace esplane::config
