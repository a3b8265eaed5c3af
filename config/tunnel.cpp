#include "config/tunnel.h"

#include <algorithm>

#include "config/auth.h"
#include "config/children.h"
#include "config/dpdk_tunnel.h"
#include "config/ends.h"
#include "config/fingerprint.h"
#include "config/outer_header.h"
#include "config/pool.h"
#include "config/protection.h"
#include "config/section.h"

namespace esplane::config {
namespace {

constexpr Key kTunnelKeys[] = {{"local"},     {"remote"}, {"children"},
                               {"pool"},      {"auth"},   {"ike"},
                               {"esp"},       {"dpd"},    {"start"},
                               {"encap"},     {"mtu"},    {"mss"},
                               {"fragment"},  {"df"},     {"dscp"},
                               {"interface"}, {"routes"}, {"profile", "write the tunnel's parameters out"}};
constexpr Choice<ike::StartMode> kStarts[] = {
    {"auto", ike::StartMode::kAuto}, {"on-demand", ike::StartMode::kOnDemand}, {"listen", ike::StartMode::kListen}};
constexpr Choice<bool> kEncaps[] = {{"auto", false}, {"always", true}};
constexpr Choice<bool> kRoutes[] = {{"auto", true}, {"none", false}};

constexpr std::uint32_t kLeastMtu = 576;       // RFC 791 3.1: what every host accepts
constexpr std::uint32_t kLeastMtuIpv6 = 1280;  // RFC 8200 5
constexpr std::uint32_t kLeastMss = 88;        // the smallest that Linux uses
constexpr std::uint32_t kLargestMss = 65495;   // of an IPv4 packet of 65535 octets

auto auto_or_octets(std::uint32_t lowest, std::uint32_t highest) {
    return [=](std::string_view text) { return parse_auto_or_number(text, lowest, highest); };
}

/// A peer at an unknown address cannot be called, only awaited; and who hands out addresses is asked for them.
void read_start(const Section& tunnel, bool any_peer, ike::TunnelOptions& into) {
    const bool listens = any_peer || into.pool;
    if (listens && !tunnel.has("start")) into.start = ike::StartMode::kListen;
    const std::optional<Place> place = tunnel.read("start", into.start, one_of(kStarts));
    if (!place || !listens || into.start == ike::StartMode::kListen) return;
    tunnel.complain(*place, "start",
                    any_peer ? "remote.address is any, so that there is nobody to call; write start: listen"
                             : "there is a pool, whose addresses peers ask for; write start: listen");
}

void read_sizes(const Section& tunnel, gateway::TunnelOptions& into) {
    const std::optional<Place> mtu = tunnel.read("mtu", into.mtu_bytes, auto_or_octets(kLeastMtu, 65535));
    const std::optional<Place> mss = tunnel.read("mss", into.mss_bytes, auto_or_octets(kLeastMss, kLargestMss));
    if (!into.mtu_bytes) return;
    const auto is_ipv6 = [](const Prefix& prefix) { return prefix.address.family() == Family::kIpv6; };
    const bool ipv6 = std::any_of(into.local_prefixes.begin(), into.local_prefixes.end(), is_ipv6);
    if (ipv6 && *into.mtu_bytes < kLeastMtuIpv6) {
        tunnel.complain(*mtu, "mtu", "the tunnel carries IPv6, which needs 1280 at least");
    }
    constexpr std::uint32_t kHeaders = 40;  // IPv4 and TCP without options
    if (mss && into.mss_bytes && *into.mss_bytes + kHeaders > *into.mtu_bytes) {
        tunnel.complain(*mss, "mss",
                        "does not fit into mtu " + std::to_string(*into.mtu_bytes) + " with " +
                            std::to_string(kHeaders) + " octets of headers");
    }
}

gateway::TunnelOptions read(const Section& tunnel, const Surroundings& around) {
    gateway::TunnelOptions result;
    const bool any_peer = read_ends(tunnel, result);
    read_auth(tunnel, around.directory, result.ike);
    tunnel.read("encap", result.ike.force_encap, one_of(kEncaps));
    read_ike(tunnel, result.ike);
    read_esp(tunnel, around.allow_insecure, result);
    read_pool(tunnel, result.ike);
    read_children(tunnel, result);
    read_dpd(tunnel, result.ike);
    read_start(tunnel, any_peer, result.ike);
    read_sizes(tunnel, result);
    read_outer_header(tunnel, result);
    tunnel.read("interface", result.interface, parse_interface_name);
    tunnel.read("routes", result.routes, one_of(kRoutes));
    if (around.dpdk == nullptr) return result;
    check_dpdk(tunnel, *around.dpdk, result);
    if (const dataplane::PortOptions* port = clear_port(*around.dpdk)) result.interface = port->name;
    return result;
}

}  // namespace

gateway::TunnelOptions read_tunnel(const Entry& tunnel, const YamlNode* defaults, const Surroundings& around,
                                   Problems& problems) {
    if (const std::optional<std::string> flaw = flaw_of_name(tunnel.key, "a tunnel"))
        problems.add(tunnel.key_place, *flaw);
    const Section section(tunnel.value.get(), defaults, tunnel.key_place, kTunnelKeys, problems);
    gateway::TunnelOptions result = read(section, around);
    result.ike.name = tunnel.key;
    result.fingerprint = fingerprint(result);
    return result;
}

void check_defaults(const Entry& defaults, const Surroundings& around, Problems& problems) {
    read(Section(defaults.value.get(), nullptr, defaults.key_place, kTunnelKeys, problems, Extent::kPart), around);
}

}  // namespace esplane::config
