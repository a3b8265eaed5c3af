// A traffic selector from its text.
#include <algorithm>
#include <array>
#include <optional>

#include "config/values.h"

namespace esplane::config {
namespace {

constexpr std::string_view kForms =
    "; write tcp, udp, icmp, icmpv6, sctp or a number, and a port or a range behind a slash: [tcp/443], "
    "[udp/1024-65535], [47]";

struct Protocol {
    std::string_view name;
    std::uint8_t number;
};
constexpr std::array<Protocol, 5> kProtocols = {{{"tcp", 6}, {"udp", 17}, {"icmp", 1}, {"icmpv6", 58}, {"sctp", 132}}};
// RFC 7296 3.13.1: ICMP's type and code stand where others have their ports.
constexpr std::array<std::uint8_t, 6> kWithPorts = {1, 6, 17, 58, 132, 136};

std::optional<std::uint8_t> protocol_of(std::string_view text) {
    for (const Protocol& known : kProtocols) {
        if (known.name == text) return known.number;
    }
    const Parsed<std::uint32_t> number = parse_number(text, 1, 255);
    if (!number) return std::nullopt;
    return static_cast<std::uint8_t>(number.value());
}

/// "443" or "1024-65535".
bool read_ports(std::string_view text, dataplane::TrafficSelector& into) {
    const std::size_t dash = text.find('-');
    const Parsed<std::uint32_t> first = parse_number(text.substr(0, dash), 0, 65535);
    const Parsed<std::uint32_t> last =
        dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1), 0, 65535);
    if (!first || !last || last.value() < first.value()) return false;
    into.first_port = static_cast<std::uint16_t>(first.value());
    into.last_port = static_cast<std::uint16_t>(last.value());
    return true;
}

}  // namespace

Parsed<dataplane::TrafficSelector> parse_selector(std::string_view text) {
    const std::size_t bracket = text.find('[');
    const Parsed<Prefix> prefix = parse_prefix(text.substr(0, bracket));
    if (!prefix) return Failure{prefix.error()};
    auto selector = dataplane::TrafficSelector::from_prefix(prefix.value());
    if (bracket == std::string_view::npos) return selector;

    const auto refuse = [&](const std::string& what) { return Failure{quoted(text) + " " + what}; };
    if (text.back() != ']') return refuse("lacks the closing bracket" + std::string(kForms));
    const std::string_view inside = text.substr(bracket + 1, text.size() - bracket - 2);
    const std::size_t slash = inside.find('/');
    const std::optional<std::uint8_t> protocol = protocol_of(inside.substr(0, slash));
    if (!protocol) return refuse("names no protocol that is known here" + std::string(kForms));
    selector.protocol = *protocol;
    const bool ipv6 = selector.first.family() == Family::kIpv6;
    if ((*protocol == 1 && ipv6) || (*protocol == 58 && !ipv6)) {
        return refuse(std::string("mixes the families; write ") + (ipv6 ? "icmpv6" : "icmp"));
    }
    if (slash == std::string_view::npos) return selector;
    if (std::find(kWithPorts.begin(), kWithPorts.end(), *protocol) == kWithPorts.end()) {
        return refuse("has ports, but its protocol has none; leave them out");
    }
    if (!read_ports(inside.substr(slash + 1), selector)) {
        return refuse("has no valid port behind the slash; 0 to 65535, or two of these as a range, are accepted");
    }
    return selector;
}

}  // namespace esplane::config
