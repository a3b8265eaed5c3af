#include "config/pool.h"

#include <algorithm>

#include "config/ends.h"
#include "config/selectors.h"

namespace esplane::config {
namespace {

std::vector<Scalar> values_of(const Section& section, std::string_view key) {
    const std::optional<List> list = section.has(key) ? section.list(key) : std::nullopt;
    return list ? list->values : std::vector<Scalar>();
}

/// What is no address at all is told where the selectors are made of it.
void read_addresses(const Section& pool, ike::PoolOptions& into) {
    for (const Scalar& value : values_of(pool, "addresses")) {
        const Parsed<dataplane::TrafficSelector> selector = parse_selector(value.text);
        if (!selector) continue;
        if (selector->protocol != 0 || !selector->any_port()) {
            pool.complain(value.place, "addresses",
                          quoted(value.text) + " names a protocol; a peer is given an address alone");
            continue;
        }
        into.addresses.push_back(parse_prefix(value.text).value());
    }
}

void read_dns(const Section& pool, ike::PoolOptions& into) {
    for (const Scalar& value : values_of(pool, "dns")) {
        const Parsed<IpAddress> server = parse_host_address(value.text);
        if (!server) {
            pool.complain(value.place, "dns", server.error());
            continue;
        }
        const bool reachable = std::any_of(into.addresses.begin(), into.addresses.end(), [&](const Prefix& prefix) {
            return prefix.address.family() == server->family();
        });
        if (!reachable && !into.addresses.empty()) {
            pool.complain(value.place, "dns",
                          quoted(value.text) +
                              " is of a family of which pool.addresses has none, so that no peer "
                              "could reach it");
        }
        into.dns.push_back(server.value());
    }
}

/// Each peer has one CHILD_SA, whose remote side is what it is given.
void refuse_others(const Section& tunnel, const ike::TunnelOptions& options) {
    const Section remote = tunnel.section("remote", kEndKeys);
    if (const auto subnets = remote.has("subnets") ? remote.list("subnets") : std::nullopt) {
        remote.complain(subnets->place, "subnets",
                        "there is a pool as well, whose addresses are what is behind the peers; leave one of them out");
    }
    const Entry* children = tunnel.has_own("children") ? tunnel.map("children") : nullptr;
    if (children != nullptr) {
        tunnel.complain(children->key_place, "children",
                        "there is a pool as well, of which each peer has one CHILD_SA; write local.subnets");
    }
    if (options.mode == dataplane::Mode::kTransport) {
        tunnel.complain(tunnel.place(), "pool",
                        "transport mode (esp.mode) carries the gateways' own packets and knows no other address; "
                        "leave it out");
    }
}

}  // namespace

void read_pool(const Section& tunnel, ike::TunnelOptions& into) {
    if (!tunnel.has("pool")) return;
    const Section pool = tunnel.section("pool", kPoolKeys);
    ike::PoolOptions& options = into.pool.emplace();
    read_addresses(pool, options);
    read_dns(pool, options);
    refuse_others(tunnel, into);
}

}  // namespace esplane::config
