// Single values from their text. Every error says what was found and what is accepted.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/wording.h"
#include "crypto/result.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/selector.h"

namespace esplane::config {

template <typename T>
using Parsed = Result<T, std::string>;

using Duration = std::chrono::milliseconds;

/// "500ms", "90s", "3m", "8h", "30d", with both ends included. A number without a unit is refused.
Parsed<Duration> parse_duration(std::string_view text, Duration lowest, Duration highest);
/// The shortest exact form: "90s", "3m".
std::string to_text(Duration duration);

/// A decimal number, both ends included.
Parsed<std::uint32_t> parse_number(std::string_view text, std::uint32_t lowest, std::uint32_t highest);
/// "auto" is nothing.
Parsed<std::optional<std::uint32_t>> parse_auto_or_number(std::string_view text, std::uint32_t lowest,
                                                          std::uint32_t highest);
/// The same for what may be large.
Parsed<std::uint64_t> parse_count(std::string_view text, std::uint64_t lowest, std::uint64_t highest);
/// Octets: "500MB", "1TiB", decimal and binary units up to P. A number without a unit is refused.
Parsed<std::uint64_t> parse_size(std::string_view text, std::uint64_t lowest, std::uint64_t highest);
/// The shortest exact form of a size, in decimal units: "10MB".
std::string size_text(std::uint64_t octets);
/// yes, no, true, false, in any case.
Parsed<bool> parse_switch(std::string_view text);

/// The address of one host: not unspecified, multicast, broadcast or link-local.
Parsed<IpAddress> parse_host_address(std::string_view text);
/// "10.0.0.0/16", or an address alone for a host. With host bits set the error has the prefix that was meant.
Parsed<Prefix> parse_prefix(std::string_view text);
/// A prefix, and the protocol and ports that are meant of it: "10.0.0.0/16[tcp/443]", "10.0.0.1[udp]",
/// "2001:db8::/32[tcp/1024-65535]", "10.0.0.0/16[47]", as swanctl users write it.
Parsed<dataplane::TrafficSelector> parse_selector(std::string_view text);
/// "127.0.0.1:9510", "[::1]:9510"; 0.0.0.0 and :: stand for every address.
Parsed<Endpoint> parse_endpoint(std::string_view text);

/// What a Linux network device may be called, except for names that have a meaning of their own.
Parsed<std::string> parse_interface_name(std::string_view text);
/// Where a UNIX socket can be bound: absolute and short enough for sockaddr_un.
Parsed<std::string> parse_socket_path(std::string_view text);
/// The absolute path of a folder.
Parsed<std::string> parse_folder(std::string_view text);
/// Why `name` cannot name `what` ("a tunnel"), or nothing.
std::optional<std::string> flaw_of_name(std::string_view name, std::string_view what);

/// One word of several.
template <typename T>
struct Choice {
    std::string_view word;
    T value;
};

/// The value of the word that `text` is.
template <typename T>
Parsed<T> choose(std::string_view text, std::span<const Choice<T>> choices) {
    std::vector<std::string_view> accepted;
    for (const Choice<T>& choice : choices) {
        if (choice.word == text) return choice.value;
        accepted.push_back(choice.word);
    }
    return Failure{quoted(text) + " is not accepted" + suggestion(text, accepted, "one of ")};
}

/// The same as something to read a key with: read(key, into, one_of(kChoices)).
template <typename T, std::size_t N>
auto one_of(const Choice<T> (&choices)[N]) {
    return [&choices](std::string_view text) { return choose<T>(text, choices); };
}

}  // namespace esplane::config
