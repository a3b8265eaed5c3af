#include "config/dpdk_values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>

namespace esplane::config {
namespace {

constexpr std::size_t kLongestDeviceName = 63;  // RTE_DEV_NAME_MAX_LEN, with the zero at its end

/// The whole of `text` as a hexadecimal number of at most `most` digits.
std::optional<std::uint32_t> hexadecimal(std::string_view text, std::size_t most, std::uint32_t highest) {
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
    if (text.empty() || text.size() > most || error != std::errc() || stop != end || value > highest) {
        return std::nullopt;
    }
    return value;
}

/// DOMAIN:BUS:DEVICE.FUNCTION, or without the domain. In one form, whichever was written: it is compared.
std::optional<std::string> pci_address(std::string_view text) {
    const std::size_t dot = text.rfind('.');
    const std::size_t colon = text.rfind(':');
    if (dot == std::string_view::npos || colon == std::string_view::npos || dot < colon) return std::nullopt;
    const std::string_view before = text.substr(0, colon);
    const std::size_t second = before.rfind(':');
    const bool with_domain = second != std::string_view::npos;
    const auto domain = with_domain ? hexadecimal(before.substr(0, second), 8, 0xffffffff) : 0;
    const auto bus = hexadecimal(with_domain ? before.substr(second + 1) : before, 2, 0xff);
    const auto device = hexadecimal(text.substr(colon + 1, dot - colon - 1), 2, 0x1f);
    const auto function = hexadecimal(text.substr(dot + 1), 1, 7);
    if (!domain || !bus || !device || !function) return std::nullopt;
    std::array<char, 24> written{};
    std::snprintf(written.data(), written.size(), "%04x:%02x:%02x.%x", *domain, *bus, *device, *function);
    return written.data();
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_virtual_device(std::string_view text) {
    const std::string_view name = device_name(text);
    const bool word = std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    });
    return name.starts_with("net_") && name.size() > 4 && name.size() <= kLongestDeviceName && word &&
           is_printable(text);
}

bool is_loopback(const IpAddress& address) {
    if (address.family() == Family::kIpv4) return address.octets()[0] == 127;
    return address == IpAddress::parse("::1");
}

struct Refused {
    std::string_view option;
    std::string_view reason;
};

constexpr std::string_view kWorkers = "gateway.workers says which cpus are used";
constexpr std::string_view kDevice = "write the device as dpdk.ports[].device";
constexpr std::string_view kMemory = "the gateway takes hugepages where enough are free, and shares them with nobody";
constexpr std::string_view kHelp = "the EAL would print its options and end the program";
constexpr std::array<Refused, 22> kRefused = {{{"-c", kWorkers},
                                               {"-l", kWorkers},
                                               {"-s", kWorkers},
                                               {"-S", kWorkers},
                                               {"--lcores", kWorkers},
                                               {"--main-lcore", kWorkers},
                                               {"--coremask", kWorkers},
                                               {"--service-corelist", kWorkers},
                                               {"--service-coremask", kWorkers},
                                               {"-a", kDevice},
                                               {"-b", kDevice},
                                               {"--allow", kDevice},
                                               {"--block", kDevice},
                                               {"--vdev", kDevice},
                                               {"--no-pci", kDevice},
                                               {"--in-memory", kMemory},
                                               {"--legacy-mem", kMemory},
                                               {"--no-shconf", kMemory},
                                               {"--proc-type", "the gateway is always the primary process"},
                                               {"-h", kHelp},
                                               {"--help", kHelp},
                                               {"--", "what stands behind it is not the EAL's"}}};

/// The option that `argument` is or begins with: "-l0-3" and "--vdev=net_null0" have their values in them. getopt_long
/// takes the beginning of a long option's name for the whole.
const Refused* refused_option(std::string_view argument) {
    const std::string_view name = argument.substr(0, argument.find('='));
    const bool is_long = name.starts_with("--") && name.size() > 2;
    const auto found = std::find_if(kRefused.begin(), kRefused.end(), [&](const Refused& known) {
        return is_long ? known.option.starts_with(name) : known.option == name.substr(0, 2);
    });
    return found == kRefused.end() ? nullptr : &*found;
}

}  // namespace

Parsed<std::string> parse_device(std::string_view text) {
    if (const std::optional<std::string> address = pci_address(text)) return *address;
    if (is_virtual_device(text)) {
        if (!device_name(text).starts_with("net_af_packet") || !interface_of(text).empty()) return std::string(text);
        return Failure{quoted(text) + " names no interface; write which of the kernel's it is, as " +
                       std::string(device_name(text)) + ",iface=wan"};
    }
    return Failure{quoted(text) +
                   " is not a device of DPDK; write a PCI address, such as 0000:03:00.0, or a virtual device with its "
                   "arguments, such as net_af_packet0,iface=wan"};
}

std::string_view device_name(std::string_view device) {
    return device.substr(0, device.find(','));
}

std::string_view interface_of(std::string_view device) {
    constexpr std::string_view kKey = ",iface=";
    const std::size_t at = device.find(kKey);
    if (at == std::string_view::npos) return {};
    const std::string_view value = device.substr(at + kKey.size());
    return value.substr(0, value.find(','));
}

Parsed<dataplane::PortAddress> parse_port_address(std::string_view text) {
    const std::size_t slash = text.find('/');
    const Parsed<IpAddress> address = parse_host_address(text.substr(0, slash));
    if (!address) return Failure{address.error()};
    if (is_loopback(*address)) return Failure{quoted(text) + " is a loopback address, which no port has"};
    if (slash == std::string_view::npos) {
        return Failure{quoted(text) + " has no prefix length; write it as 203.0.113.1/24 or 2001:db8::1/64"};
    }
    const auto bits = static_cast<std::uint32_t>(address->bits());
    const Parsed<std::uint32_t> length = parse_number(text.substr(slash + 1), 1, bits);
    if (!length) {
        return Failure{quoted(text) + " has no valid prefix length; 1 to " + std::to_string(bits) +
                       " is accepted here"};
    }
    const dataplane::PortAddress result{*address, static_cast<std::uint8_t>(*length)};
    if (const auto flaw = flaw_on_link(*address, link_of(result))) {
        return Failure{quoted(text) + ' ' + *flaw + "; write the address of a host"};
    }
    return result;
}

Prefix link_of(const dataplane::PortAddress& address) {
    return Prefix::around(address.address, address.prefix_length);
}

std::optional<std::string> flaw_on_link(const IpAddress& address, const Prefix& link) {
    // Two hosts have no addresses to spare on a link of their own (RFC 3021, RFC 6164).
    if (link.length >= address.bits() - 1) return std::nullopt;
    const bool ipv4 = address.family() == Family::kIpv4;
    if (ipv4 && address == link.first()) return "is the address of the network " + link.to_string() + " itself";
    if (ipv4 && address == link.last()) return "is the broadcast address of " + link.to_string();
    if (address == link.first()) return "is the anycast address of all routers of " + link.to_string();  // RFC 4291 2.6
    return std::nullopt;
}

Parsed<std::string> parse_eal_argument(std::string_view text) {
    if (text.empty() || !is_printable(text)) {
        return Failure{quoted(text) + " is not an argument; write one option or one value of printable characters"};
    }
    if (!text.starts_with('-')) return std::string(text);
    const std::size_t space = text.find(' ');
    if (space < text.find('=')) {
        return Failure{quoted(text) + " is more than one argument; write each by itself: [" +
                       quoted(text.substr(0, space)) + ", " + quoted(text.substr(space + 1)) + "]"};
    }
    if (const Refused* refused = refused_option(text)) {
        return Failure{quoted(text) + " is not accepted: " + std::string(refused->reason)};
    }
    return std::string(text);
}

}  // namespace esplane::config
