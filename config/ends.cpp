#include "config/ends.h"

namespace esplane::config {
namespace {

constexpr std::string_view kIdentityForms =
    "an IP address, a domain name, user@domain, O=Example, CN=name, or @name for any other name";

Parsed<IpAddress> parse_local_address(std::string_view text) {
    if (text == "any" || text == "auto") {
        return Failure{quoted(text) + " is not accepted; leave address out for the one that the route to the peer has"};
    }
    return parse_host_address(text);
}

Parsed<std::optional<IpAddress>> parse_remote_address(std::string_view text) {
    if (text == "any") return std::optional<IpAddress>();
    Parsed<IpAddress> address = parse_host_address(text);
    if (!address) return Failure{address.error() + "; write any for a peer whose address is unknown"};
    return std::optional<IpAddress>(address.value());
}

Parsed<ike::Identity> parse_local_id(std::string_view text) {
    const bool pattern = text == "any" || text.find('*') != std::string_view::npos;
    std::optional<ike::Identity> identity;
    if (!pattern) identity = ike::Identity::parse(text);
    if (!identity) return Failure{quoted(text) + " is not an identity; write " + std::string(kIdentityForms)};
    return *identity;
}

ike::Identity identity_of(const IpAddress& address) {
    const bool ipv4 = address.family() == Family::kIpv4;
    return {ipv4 ? ike::wire::IdType::kIpv4Addr : ike::wire::IdType::kIpv6Addr, to_bytes(address.octets())};
}

void read_local_id(const Section& local, ike::TunnelOptions& into) {
    if (local.has("id")) {
        local.read("id", into.local_id, parse_local_id);
    } else if (into.local_address) {
        into.local_id = identity_of(*into.local_address);
    } else if (!local.has("address")) {
        local.missing("id", "without local.address there is nothing that it could default to");
    }
}

void read_remote_id(const Section& remote, bool any, ike::TunnelOptions& into) {
    if (remote.has("id")) {
        remote.read("id", into.remote_id, parse_remote_id);
    } else if (into.remote_address) {
        into.remote_id = ike::IdentityPattern::exactly(identity_of(*into.remote_address));
    } else if (any) {
        remote.missing("id", "the peer's address is any: write its id, a pattern such as \"*.example.org\", or any");
    }
}

}  // namespace

Parsed<ike::IdentityPattern> parse_remote_id(std::string_view text) {
    std::optional<ike::IdentityPattern> pattern = ike::IdentityPattern::parse(text);
    if (!pattern) {
        return Failure{quoted(text) + " is not an identity; write " + std::string(kIdentityForms) +
                       ", a pattern such as \"*.example.org\", or any"};
    }
    return *pattern;
}

bool read_ends(const Section& tunnel, gateway::TunnelOptions& into) {
    const Section local = tunnel.section("local", kEndKeys);
    const Section remote = tunnel.section("remote", kEndKeys);
    ike::TunnelOptions& ike = into.ike;

    const std::optional<Place> local_place = local.read("address", ike.local_address, parse_local_address);
    const std::optional<Place> remote_place = remote.read("address", ike.remote_address, parse_remote_address);
    if (!remote.has("address")) remote.missing("address", "write the peer's IP address, or any");
    if (local_place && ike.remote_address && ike.local_address->family() != ike.remote_address->family()) {
        local.complain(*local_place, "address", "remote.address is of the other IP family");
    }
    if (remote_place && ike.remote_address && ike.remote_address == ike.local_address) {
        remote.complain(*remote_place, "address", "is local.address, too; write the peer's");
    }
    const bool any = remote_place && !ike.remote_address;
    read_local_id(local, ike);
    read_remote_id(remote, any, ike);
    return any;
}

}  // namespace esplane::config
