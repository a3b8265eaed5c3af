#include "config/children.h"

#include <algorithm>
#include <map>
#include <string>

#include "config/ends.h"
#include "config/pool.h"
#include "config/selectors.h"

namespace esplane::config {
namespace {

constexpr Key kChildKeys[] = {{"local"}, {"remote"}};
constexpr std::size_t kMostChildren = 255;

void add_prefixes(std::vector<Prefix>& all, const std::vector<Prefix>& more) {
    for (const Prefix& prefix : more) {
        if (std::find(all.begin(), all.end(), prefix) == all.end()) all.push_back(prefix);
    }
}

bool is_transport(const gateway::TunnelOptions& tunnel) {
    return tunnel.ike.mode == dataplane::Mode::kTransport;
}

/// RFC 7296 1.3.1: what goes in transport mode are packets of the two gateways themselves.
void check_hosts(const Side& side, const std::optional<IpAddress>& gateway) {
    if (!gateway) return;
    for (std::size_t i = 0; i < side.selectors.list.size(); ++i) {
        const dataplane::TrafficSelector& selector = side.selectors.list[i];
        if (selector.first == *gateway && selector.last == *gateway) continue;
        side.section.complain(side.selectors.places[i], side.key,
                              "in transport mode a tunnel carries the packets of the two gateways themselves; write " +
                                  gateway->to_string() + ", or leave it out");
    }
}

/// The gateway itself: what transport mode carries unless more is said.
Selectors only_host(const std::optional<IpAddress>& gateway, Place place) {
    Selectors result;
    if (!gateway) return result;
    const Prefix host{*gateway, static_cast<std::uint8_t>(gateway->bits())};
    return {true, {host}, {dataplane::TrafficSelector::from_prefix(host)}, {place}};
}

constexpr std::string_view kVirtual = "virtual";

/// `local.subnets: virtual`: what the peer will give us, of the families that are behind it.
bool is_virtual(const Section& local) {
    const std::optional<List> list = local.has("subnets") ? local.list("subnets") : std::nullopt;
    return list && list->values.size() == 1 && list->values.front().text == kVirtual;
}

void read_virtual_child(const Section& local, const Section& remote, gateway::TunnelOptions& into) {
    const Selectors theirs = read_selectors(remote, "subnets");
    const Place place = local.list("subnets")->place;
    if (is_transport(into)) {
        local.complain(place, "subnets",
                       "in transport mode a tunnel carries the packets of the two gateways themselves; leave it out");
    }
    if (!into.ike.remote_address && remote.has("address"))
        local.complain(place, "subnets", "remote.address is any, so that there is nobody to ask for an address");
    into.ike.virtual_address = true;
    std::vector<dataplane::TrafficSelector> ours;
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const bool used = std::any_of(theirs.prefixes.begin(), theirs.prefixes.end(),
                                      [&](const Prefix& prefix) { return prefix.address.family() == family; });
        if (used) ours.push_back(dataplane::TrafficSelector::from_prefix({IpAddress::any(family), 0}));
    }
    add_prefixes(into.remote_prefixes, theirs.prefixes);
    into.ike.children.push_back({{}, {std::move(ours), theirs.list}});
}

/// `subnets` of one end.
Selectors read_subnets(const Section& end, const gateway::TunnelOptions& tunnel,
                       const std::optional<IpAddress>& gateway) {
    if (is_transport(tunnel) && !end.has("subnets")) return only_host(gateway, end.place());
    return read_selectors(end, "subnets");
}

void add_child(const Side& local, const Side& remote, std::string name, gateway::TunnelOptions& into) {
    if (is_transport(into)) {
        check_hosts(local, into.ike.local_address);
        check_hosts(remote, into.ike.remote_address);
    } else if (local.selectors.sound && remote.selectors.sound) {
        check_families(local, remote);
    }
    add_prefixes(into.local_prefixes, local.selectors.prefixes);
    add_prefixes(into.remote_prefixes, remote.selectors.prefixes);
    into.ike.children.push_back({std::move(name), {local.selectors.list, remote.selectors.list}});
}

void read_only_child(const Section& local, const Section& remote, gateway::TunnelOptions& into) {
    const Selectors ours = read_subnets(local, into, into.ike.local_address);
    const Selectors theirs = read_subnets(remote, into, into.ike.remote_address);
    add_child({local, "subnets", ours, "local.subnets"}, {remote, "subnets", theirs, "remote.subnets"}, {}, into);
}

/// The peers' side is what they are given.
void read_child_of_pool(const Section& tunnel, const Section& local, gateway::TunnelOptions& into) {
    const Section pool = tunnel.section("pool", kPoolKeys);
    const Selectors ours = read_subnets(local, into, into.ike.local_address);
    const Selectors theirs = read_selectors(pool, "addresses");
    add_child({local, "subnets", ours, "local.subnets"}, {pool, "addresses", theirs, "pool.addresses"}, {}, into);
}

void read_child(const Section& tunnel, const Entry& entry, gateway::TunnelOptions& into) {
    const Section section = tunnel.section_of("children", entry, kChildKeys);
    const Selectors ours = read_selectors(section, "local");
    const Selectors theirs = read_selectors(section, "remote");
    const std::string path = "children." + entry.key + ".";
    add_child({section, "local", ours, path + "local"}, {section, "remote", theirs, path + "remote"}, entry.key, into);
}

/// Two with the same selectors would be one: neither a packet nor the peer could tell them apart.
void check_twins(const Section& tunnel, const Entry& entry, const std::vector<ike::ChildPolicy>& children) {
    const ike::ChildPolicy& last = children.back();
    const auto twin = std::find_if(children.begin(), children.end() - 1, [&](const ike::ChildPolicy& other) {
        return other.selectors == last.selectors && !last.selectors.local.empty();
    });
    if (twin == children.end() - 1) return;
    tunnel.complain(entry.key_place, "children",
                    quoted(last.name) + " has the same selectors as " + quoted(twin->name) + "; leave one of them out");
}

void read_several(const Section& tunnel, const Entry& children, gateway::TunnelOptions& into) {
    const std::vector<Entry>& entries = children.value->entries;
    if (entries.empty()) tunnel.complain(children.key_place, "children", "at least one child is needed");
    if (entries.size() > kMostChildren) {
        return tunnel.complain(children.key_place, "children",
                               "a tunnel has at most " + std::to_string(kMostChildren) + " children");
    }
    std::map<std::string_view, int> lines;
    for (const Entry& entry : entries) {
        if (const auto flaw = flaw_of_name(entry.key, "a child")) {
            tunnel.complain(entry.key_place, "children", *flaw);
            continue;
        }
        const auto [first, is_new] = lines.emplace(entry.key, entry.key_place.line);
        if (!is_new) {
            tunnel.complain(
                entry.key_place, "children",
                "duplicate child " + quoted(entry.key) + "; it is already at line " + std::to_string(first->second));
            continue;
        }
        read_child(tunnel, entry, into);
        check_twins(tunnel, entry, into.ike.children);
    }
}

/// Subnets beneath children would look as if they meant something.
void refuse_subnets(const Section& end, std::string_view name) {
    if (!end.has_own("subnets")) return;
    const std::optional<List> written = end.list("subnets");
    if (!written) return;
    end.complain(written->place, "subnets",
                 "there are children as well, and each has its own " + std::string(name) +
                     " list; write the prefixes there, or leave children out");
}

}  // namespace

void read_children(const Section& tunnel, gateway::TunnelOptions& into) {
    const Section local = tunnel.section("local", kEndKeys);
    const Section remote = tunnel.section("remote", kEndKeys);
    if (into.ike.pool) return read_child_of_pool(tunnel, local, into);
    if (!tunnel.has_own("children") && is_virtual(local)) return read_virtual_child(local, remote, into);
    if (!tunnel.has_own("children")) return read_only_child(local, remote, into);
    const Entry* children = tunnel.map("children");
    if (children == nullptr) return;
    if (tunnel.extent() == Extent::kPart) {
        return tunnel.complain(children->key_place, "children", "these are a tunnel's own; write them there");
    }
    refuse_subnets(local, "local");
    refuse_subnets(remote, "remote");
    read_several(tunnel, *children, into);
}

}  // namespace esplane::config
