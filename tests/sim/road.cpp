#include "tests/sim/road.h"

namespace esplane::sim {

ike::TunnelOptions pool_tunnel(std::vector<Prefix> addresses) {
    ike::TunnelOptions options = right_tunnel();
    options.name = "rw";
    options.remote_address.reset();
    options.remote_id = ike::IdentityPattern::parse("*.example.org").value();
    options.pool = ike::PoolOptions{std::move(addresses), {IpAddress::parse("10.1.0.53").value()}};
    options.children.front().selectors = {subnets({"10.1.0.0/16"}), {}};
    for (const Prefix& each : options.pool->addresses)
        options.children.front().selectors.remote.push_back(dataplane::TrafficSelector::from_prefix(each));
    return options;
}

ike::TunnelOptions client_tunnel(std::size_t number, const IpAddress& address) {
    ike::TunnelOptions options = left_tunnel();
    options.local_address = address;
    options.local_id = ike::Identity::parse("client" + std::to_string(number) + ".example.org").value();
    options.virtual_address = true;
    options.children.front().selectors = {subnets({"0.0.0.0/0"}), subnets({"10.1.0.0/16"})};
    return options;
}

Prefix prefix(const char* text) {
    return Prefix::parse(text).value();
}

}  // namespace esplane::sim
