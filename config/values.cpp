#include "config/values.h"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace esplane::config {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::array<Unit, 5> kUnits = {{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

struct SizeUnit {
    std::string_view name;
    std::uint64_t octets;
};

constexpr std::array<SizeUnit, 12> kSizeUnits = {{{"PB", 1'000'000'000'000'000},
                                                  {"TB", 1'000'000'000'000},
                                                  {"GB", 1'000'000'000},
                                                  {"MB", 1'000'000},
                                                  {"kB", 1'000},
                                                  {"KB", 1'000},
                                                  {"B", 1},
                                                  {"PiB", std::uint64_t{1} << 50},
                                                  {"TiB", std::uint64_t{1} << 40},
                                                  {"GiB", std::uint64_t{1} << 30},
                                                  {"MiB", std::uint64_t{1} << 20},
                                                  {"KiB", std::uint64_t{1} << 10}}};

/// The whole of `text` as a number without sign; empty when it is anything else or does not fit.
std::optional<std::uint64_t> digits(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return value;
}

bool only(std::string_view text, std::string_view punctuation) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || punctuation.find(c) != std::string_view::npos;
    });
}

bool is_multicast(const IpAddress& address) {
    const std::uint8_t first = address.octets()[0];
    return address.family() == Family::kIpv4 ? (first & 0xf0) == 0xe0 : first == 0xff;
}

bool is_link_local(const IpAddress& address) {
    const ByteView octets = address.octets();
    return address.family() == Family::kIpv6 && octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80;
}

std::string not_an_address(std::string_view text) {
    return quoted(text) + " is not an IP address; host names are not accepted";
}

}  // namespace

Parsed<Duration> parse_duration(std::string_view text, Duration lowest, Duration highest) {
    const std::size_t split = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::optional<std::uint64_t> count = digits(text.substr(0, split));
    const std::string_view unit_name = text.substr(split);
    if (count && unit_name.empty()) {
        return Failure{quoted(text) + " has no unit; write " + quoted(std::string(text) + "s") +
                       " if seconds are meant (ms, s, m, h and d are accepted)"};
    }
    const auto unit =
        std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& known) { return known.name == unit_name; });
    if (unit == kUnits.end() || split == 0) {
        return Failure{quoted(text) + " is not a duration; write a number and ms, s, m, h or d, such as 90s or 8h"};
    }
    const auto most = static_cast<std::uint64_t>(highest.count() / unit->milliseconds);
    const Duration value(count && *count <= most ? static_cast<std::int64_t>(*count) * unit->milliseconds : 0);
    if (!count || *count > most || value < lowest) {
        return Failure{quoted(text) + " is out of range: " + to_text(lowest) + " to " + to_text(highest)};
    }
    return value;
}

std::string to_text(Duration duration) {
    for (const Unit& unit : kUnits) {
        const bool exact = duration.count() % unit.milliseconds == 0 && duration.count() != 0;
        if (exact) return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
    }
    return "0s";
}

Parsed<std::uint32_t> parse_number(std::string_view text, std::uint32_t lowest, std::uint32_t highest) {
    const std::optional<std::uint64_t> value = digits(text);
    if (!value || *value < lowest || *value > highest) {
        return Failure{quoted(text) + " is not a number from " + std::to_string(lowest) + " to " +
                       std::to_string(highest)};
    }
    return static_cast<std::uint32_t>(*value);
}

Parsed<std::optional<std::uint32_t>> parse_auto_or_number(std::string_view text, std::uint32_t lowest,
                                                          std::uint32_t highest) {
    if (text == "auto") return std::optional<std::uint32_t>();
    const Parsed<std::uint32_t> number = parse_number(text, lowest, highest);
    if (!number) {
        return Failure{quoted(text) + " is not accepted; write auto, or a number of octets from " +
                       std::to_string(lowest) + " to " + std::to_string(highest)};
    }
    return std::optional<std::uint32_t>(number.value());
}

Parsed<std::uint64_t> parse_count(std::string_view text, std::uint64_t lowest, std::uint64_t highest) {
    const std::optional<std::uint64_t> value = digits(text);
    if (value && *value >= lowest && *value <= highest) return *value;
    return Failure{quoted(text) + " is not a number from " + std::to_string(lowest) + " to " + std::to_string(highest)};
}

Parsed<std::uint64_t> parse_size(std::string_view text, std::uint64_t lowest, std::uint64_t highest) {
    const std::size_t split = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::optional<std::uint64_t> count = digits(text.substr(0, split));
    const std::string_view unit_name = text.substr(split);
    if (count && unit_name.empty()) {
        return Failure{quoted(text) + " has no unit; write kB, MB, GB, TB, or KiB, MiB, GiB, TiB behind the number"};
    }
    const auto* unit = std::find_if(kSizeUnits.begin(), kSizeUnits.end(),
                                    [&](const SizeUnit& known) { return known.name == unit_name; });
    if (unit == kSizeUnits.end() || split == 0) {
        return Failure{quoted(text) +
                       " is not a size; write a number and kB, MB, GB, TB, or KiB, MiB, GiB, TiB, such "
                       "as 500MB or 1TiB"};
    }
    if (count && *count <= highest / unit->octets && *count * unit->octets >= lowest) return *count * unit->octets;
    return Failure{quoted(text) + " is out of range: " + size_text(lowest) + " to " + size_text(highest)};
}

std::string size_text(std::uint64_t octets) {
    for (const SizeUnit& unit : kSizeUnits) {
        if (octets != 0 && octets % unit.octets == 0) {
            return std::to_string(octets / unit.octets) + std::string(unit.name);
        }
    }
    return "0B";
}

Parsed<bool> parse_switch(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower == "yes" || lower == "true") return true;
    if (lower == "no" || lower == "false") return false;
    return Failure{quoted(text) + " is not accepted; write yes or no"};
}

Parsed<IpAddress> parse_host_address(std::string_view text) {
    const std::optional<IpAddress> address = IpAddress::parse(text);
    if (!address) return Failure{not_an_address(text)};
    const bool broadcast = *address == IpAddress::highest(Family::kIpv4);
    if (address->is_unspecified() || is_multicast(*address) || is_link_local(*address) || broadcast) {
        return Failure{quoted(text) + " is not the address of a host: unspecified, multicast, broadcast and " +
                       "link-local addresses are not accepted"};
    }
    return *address;
}

Parsed<Prefix> parse_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
    if (!address) return Failure{quoted(text) + " is not a prefix; write it as 10.0.0.0/16 or 2001:db8::/32"};
    const auto bits = static_cast<std::uint64_t>(address->bits());
    std::uint64_t length = bits;
    if (slash != std::string_view::npos) {
        const std::optional<std::uint64_t> written = digits(text.substr(slash + 1));
        if (!written || *written > bits) {
            return Failure{quoted(text) + " has no valid prefix length; 0 to " + std::to_string(bits) +
                           " is accepted here"};
        }
        length = *written;
    }
    const Prefix prefix = Prefix::around(*address, static_cast<std::uint8_t>(length));
    if (prefix.address != *address) {
        return Failure{quoted(text) + " has host bits set; did you mean " + quoted(prefix.to_string()) + "?"};
    }
    return prefix;
}

Parsed<Endpoint> parse_endpoint(std::string_view text) {
    const std::string wanted = "; write an IP address and a port, such as 127.0.0.1:9510 or [::1]:9510";
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return Failure{quoted(text) + " has no port" + wanted};
    std::string_view host = text.substr(0, colon);
    const bool brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (brackets) host = host.substr(1, host.size() - 2);
    const std::optional<IpAddress> address = IpAddress::parse(host);
    const std::optional<std::uint64_t> port = digits(text.substr(colon + 1));
    const bool fits = address && brackets == (address->family() == Family::kIpv6);
    if (!fits || !port || *port == 0 || *port > 65535) return Failure{quoted(text) + " is not accepted" + wanted};
    return Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

Parsed<std::string> parse_interface_name(std::string_view text) {
    // Longer names do not fit IFNAMSIZ; '%' would make the kernel fill in a number, "all" and "default" are sysctl's.
    const bool reserved = text == "." || text == ".." || text == "lo" || text == "all" || text == "default";
    if (text.empty() || text.size() > 15 || reserved || !only(text, "-_.")) {
        return Failure{quoted(text) +
                       " cannot name a device; 1 to 15 of the characters A-Z a-z 0-9 - _ . are "
                       "accepted, but not lo, all or default"};
    }
    return std::string(text);
}

Parsed<std::string> parse_socket_path(std::string_view text) {
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    if (text.empty() || text.front() != '/') return Failure{quoted(text) + " is not an absolute path"};
    if (text.back() == '/') return Failure{quoted(text) + " is a directory; the name of the socket is missing"};
    if (text.size() > kLongest || text.find('\0') != std::string_view::npos) {
        return Failure{quoted(text) + " is too long for a socket; at most " + std::to_string(kLongest) + " octets"};
    }
    return std::string(text);
}

Parsed<std::string> parse_folder(std::string_view text) {
    if (text.empty() || text.front() != '/' || text.find('\0') != std::string_view::npos)
        return Failure{quoted(text) + " is not an absolute path"};
    return std::string(text);
}

std::optional<std::string> flaw_of_name(std::string_view name, std::string_view what) {
    if (!name.empty() && name.size() <= 64 && only(name, "-_.")) return std::nullopt;
    return quoted(name) + " cannot name " + std::string(what) +
           "; 1 to 64 of the characters A-Z a-z 0-9 - _ . are accepted";
}

}  // namespace esplane::config
