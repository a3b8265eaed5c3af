#include "benchmarks/generate/traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "dataplane/io/transport_headers.h"

namespace esplane::bench::generate {
namespace {

constexpr std::uint64_t kSourcePorts = 65536 - kFirstSourcePort;

std::string name(const Traffic& traffic) {
    return fmt::format("{} over {}", traffic.transport == Transport::kTcp ? "TCP" : "UDP",
                       traffic.family() == Family::kIpv4 ? "IPv4" : "IPv6");
}

/// Whether all addresses are of the family, without beginning anew at its lowest.
bool is_range(const Hosts& hosts) {
    const std::uint64_t last = std::uint64_t{hosts.count - 1} * hosts.step;
    if (hosts.first.family() == Family::kIpv6) return hosts.first.low() + last >= last;
    return (hosts.first.high() >> 32) + last <= 0xffffffff;
}

void check_hosts(const Traffic& traffic) {
    const Hosts& from = traffic.sources;
    const Hosts& to = traffic.destinations;
    if (from.first.family() != to.first.family())
        throw std::invalid_argument("sources and destinations of two families");
    if (from.count == 0 || to.count == 0) throw std::invalid_argument("no hosts to send from or to");
    if (!is_range(from) || !is_range(to)) throw std::invalid_argument("more hosts than there are addresses");
}

void check_flows(const Traffic& traffic) {
    if (traffic.flows == 0) throw std::invalid_argument("no flows");
    // Divided, not multiplied: the product of all three can be more than 64 bits.
    const std::uint64_t pairs = std::uint64_t{traffic.sources.count} * traffic.destinations.count;
    if ((traffic.flows - 1) / pairs >= kSourcePorts) {
        throw std::invalid_argument(fmt::format("{} flows are more than {} pairs of hosts with {} ports tell apart",
                                                traffic.flows, pairs, kSourcePorts));
    }
}

}  // namespace

IpAddress Hosts::at(std::uint32_t index) const {
    const std::uint64_t further = std::uint64_t{index} * step;
    if (first.family() == Family::kIpv4)
        return IpAddress::v4(static_cast<std::uint32_t>((first.high() >> 32) + further));
    std::array<std::uint8_t, 16> octets{};
    store_be(octets.data(), first.high());
    store_be(octets.data() + 8, first.low() + further);
    return IpAddress::v6(octets);
}

std::uint32_t shortest_packet(Family family, Transport transport) {
    const std::size_t ip = family == Family::kIpv4 ? dataplane::kIpv4Header : dataplane::kIpv6Header;
    const std::size_t header = transport == Transport::kTcp ? dataplane::kTcpHeader : dataplane::kUdpHeader;
    return static_cast<std::uint32_t>(ip + header + kProbe);
}

Traffic checked(Traffic traffic) {
    check_hosts(traffic);
    check_flows(traffic);
    if (traffic.mix.pattern.empty()) throw std::invalid_argument("no lengths");
    const std::uint32_t shortest = shortest_packet(traffic.family(), traffic.transport);
    if (traffic.mix.is_uniform() && traffic.mix.longest() < shortest) {
        throw std::invalid_argument(
            fmt::format("packets of {} octets: {} needs at least {}", traffic.mix.longest(), name(traffic), shortest));
    }
    for (std::uint32_t& length : traffic.mix.pattern)
        length = std::max(length, shortest);
    return traffic;
}

Flow flow_at(const Traffic& traffic, std::uint32_t number) {
    const std::uint32_t to = traffic.destinations.count;
    const std::uint32_t from = traffic.sources.count;
    const std::uint32_t round = number / to / from;
    return {.source = traffic.sources.at(number / to % from),
            .destination = traffic.destinations.at(number % to),
            .source_port = static_cast<std::uint16_t>(kFirstSourcePort + round)};
}

}  // namespace esplane::bench::generate
