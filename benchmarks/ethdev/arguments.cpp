#include "benchmarks/ethdev/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "benchmarks/machine.h"
#include "benchmarks/pipeline/mix.h"

namespace esplane::bench::ethdev {
namespace {

std::optional<dataplane::PortAddress> parse_port_address(const std::string& text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address || slash == std::string::npos) return std::nullopt;
    unsigned length = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + slash + 1, end, length);
    const unsigned most = address->family() == Family::kIpv4 ? 32 : 128;
    if (error != std::errc{} || stopped != end || length > most) return std::nullopt;
    return dataplane::PortAddress{*address, static_cast<std::uint8_t>(length)};
}

std::optional<dataplane::MacAddress> parse_mac(const std::string& text) {
    dataplane::MacAddress mac;
    if (text.size() != 3 * mac.octets.size() - 1) return std::nullopt;
    for (std::size_t i = 0; i < mac.octets.size(); ++i) {
        const char* const digits = text.data() + 3 * i;
        const auto [stopped, error] = std::from_chars(digits, digits + 2, mac.octets[i], 16);
        if (error != std::errc{} || stopped != digits + 2) return std::nullopt;
        if (i + 1 < mac.octets.size() && digits[2] != ':') return std::nullopt;
    }
    return mac.is_station() ? std::optional(mac) : std::nullopt;
}

std::vector<dataplane::PortAddress> port_addresses(const std::string& option, const std::vector<std::string>& texts) {
    std::vector<dataplane::PortAddress> addresses;
    for (const std::string& text : texts) {
        const auto address = parse_port_address(text);
        if (!address)
            throw CLI::ValidationError(option, text + " is no address with a prefix length, like 10.1.0.2/24");
        addresses.push_back(*address);
    }
    return addresses;
}

IpAddress address(const std::string& option, const std::string& text) {
    const auto parsed = IpAddress::parse(text);
    if (!parsed) throw CLI::ValidationError(option, text + " is no address");
    return *parsed;
}

/// What is written, or else the port's own.
IpAddress first_host(const std::string& option, const std::string& written, const std::vector<std::string>& of_port) {
    return address(option, written.empty() ? of_port.front().substr(0, of_port.front().find('/')) : written);
}

void add_ports(CLI::App& command, Arguments& arguments) {
    command.add_option("--send", arguments.send, "The port that sends: a PCI address, or net_... with its arguments")
        ->required()
        ->type_name("DEVICE");
    command.add_option("--receive", arguments.receive, "The port that receives")->required()->type_name("DEVICE");
    command
        .add_option("--send-address", arguments.send_addresses, "Addresses of the port that sends, like 10.1.0.2/24")
        ->required()
        ->delimiter(',')
        ->type_name("ADDRESS/LENGTH");
    command.add_option("--receive-address", arguments.receive_addresses, "Addresses of the port that receives")
        ->required()
        ->delimiter(',')
        ->type_name("ADDRESS/LENGTH");
    auto* const via =
        command.add_option("--via", arguments.via, "The gateway's address on the link of --send")->type_name("ADDRESS");
    command.add_option("--via-mac", arguments.via_mac, "Its MAC address, instead of asking the link")
        ->excludes(via)
        ->type_name("MAC");
    command.add_option("--mtu", arguments.mtu, "Of both ports, in octets")
        ->check(CLI::Range(1280U, 9600U))
        ->capture_default_str();
    command.add_option("--eal", arguments.eal, "A further argument of DPDK's EAL, like --eal=-m1024")->type_name("ARG");
    command.add_option("--cpu", arguments.cpu, "The CPU to run on")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
}

void add_traffic(CLI::App& command, Arguments& arguments) {
    const auto count = CLI::Range(1U, 16'777'216U);
    command.add_option("--from", arguments.from, "The first host to send from; else the first of --send-address")
        ->type_name("ADDRESS");
    command.add_option("--from-count", arguments.from_count, "Hosts, each an address further")
        ->check(count)
        ->capture_default_str();
    command.add_option("--to", arguments.to, "The first host to send to; else the first of --receive-address")
        ->type_name("ADDRESS");
    command.add_option("--to-count", arguments.to_count, "Hosts to send to")->check(count)->capture_default_str();
    command
        .add_option("--to-step", arguments.to_step, "Addresses from one of them to the next: 256 for one in each /24")
        ->check(count)
        ->capture_default_str();
    command.add_option("--flows", arguments.flows, "Flows, in turn over the hosts")
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str();
    command.add_option("--transport", arguments.transport, "udp or tcp")
        ->check(CLI::IsMember({"udp", "tcp"}))
        ->capture_default_str();
}

}  // namespace

void add_arguments(CLI::App& command, Arguments& arguments) {
    arguments.cpu = usable_cpus().front();
    add_ports(command, arguments);
    add_traffic(command, arguments);
}

StationsOptions stations_of(const Arguments& arguments) {
    if (arguments.send == arguments.receive) throw CLI::ValidationError("--receive", "is the port that sends");
    StationsOptions options{
        .sender = {arguments.send, port_addresses("--send-address", arguments.send_addresses)},
        .receiver = {arguments.receive, port_addresses("--receive-address", arguments.receive_addresses)},
        .mtu_bytes = arguments.mtu,
        .eal = arguments.eal};
    if (arguments.via.empty() && arguments.via_mac.empty())
        throw CLI::ValidationError("--via", "or --via-mac must say where packets go first");
    if (!arguments.via.empty()) options.router = address("--via", arguments.via);
    if (!arguments.via_mac.empty()) {
        options.router_mac = parse_mac(arguments.via_mac);
        if (!options.router_mac)
            throw CLI::ValidationError("--via-mac", arguments.via_mac + " is no station's MAC address");
    }
    return options;
}

generate::Traffic traffic_of(const Arguments& arguments, const std::string& size) {
    const auto mix = parse_mix(size);
    if (!mix) {
        throw CLI::ValidationError("--size", fmt::format("{} is neither imix nor a length from {} to {}", size,
                                                         kShortestPacket, kLongestPacket));
    }
    if (mix->longest() > arguments.mtu)
        throw CLI::ValidationError("--size", size + " is more than --mtu " + std::to_string(arguments.mtu));
    try {
        return generate::checked(
            {.transport = arguments.transport == "tcp" ? generate::Transport::kTcp : generate::Transport::kUdp,
             .sources = {first_host("--from", arguments.from, arguments.send_addresses), arguments.from_count},
             .destinations = {first_host("--to", arguments.to, arguments.receive_addresses), arguments.to_count,
                              arguments.to_step},
             .flows = arguments.flows,
             .mix = *mix});
    } catch (const std::invalid_argument& problem) {
        throw CLI::ValidationError("--size, --from, --to or --flows", problem.what());
    }
}

}  // namespace esplane::bench::ethdev
