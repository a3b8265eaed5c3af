#include "gateway/net/host_plan.h"

#include <algorithm>

namespace esplane::gateway {
namespace {

using dataplane::PortAddress;
using dataplane::PortOptions;

constexpr std::uint32_t kMainMetric = 1'000'000'000;

class Planner {
  public:
    explicit Planner(const dataplane::DpdkOptions& options) : options_(options) {
        plan_.device = options.host_interface;
        for (const PortOptions& port : options.ports)
            plan_.mtu_bytes = std::max(plan_.mtu_bytes, port.mtu_bytes);
    }

    HostPlan plan() {
        for (const PortOptions& port : options_.ports) {
            for (const PortAddress& address : port.addresses) {
                plan_.addresses.push_back(address.address);
                if (address.prefix_length < address.address.bits()) add_link(port, address);
            }
        }
        for (const PortOptions& port : options_.ports) {
            for (const IpAddress& gateway : port.gateways)
                add_gateway(port, gateway);
        }
        for (const Family family : {Family::kIpv4, Family::kIpv6})
            add_default_of(family);
        return std::move(plan_);
    }

  private:
    void add(RouteTable table, const Prefix& prefix, std::uint32_t mtu_bytes, std::vector<Prefix> sources) {
        const bool known = std::any_of(plan_.routes.begin(), plan_.routes.end(), [&](const Route& route) {
            return route.table == table && route.prefix == prefix;
        });
        if (known) return;
        plan_.routes.push_back({.kind = RouteKind::kDevice,
                                .table = table,
                                .prefix = prefix,
                                .metric = table == RouteTable::kMain ? kMainMetric : kDeviceMetric,
                                .device = plan_.device,
                                .mtu_bytes = mtu_bytes < plan_.mtu_bytes ? mtu_bytes : 0,
                                .sources = std::move(sources)});
    }

    void add_link(const PortOptions& port, const PortAddress& own) {
        const Prefix link = Prefix::around(own.address, own.prefix_length);
        for (const RouteTable table : {RouteTable::kMain, RouteTable::kHost})
            add(table, link, port.mtu_bytes, {alone(own.address)});
    }

    void add_gateway(const PortOptions& port, const IpAddress& gateway) {
        for (const PortAddress& own : port.addresses) {
            if (!Prefix::around(own.address, own.prefix_length).contains(gateway)) continue;
            return add(RouteTable::kMain, {IpAddress::any(gateway.family()), 0}, port.mtu_bytes, {alone(own.address)});
        }
    }

    /// By which port it will leave is not known here, so it is to fit all of them.
    void add_default_of(Family family) {
        std::uint32_t smallest = plan_.mtu_bytes;
        bool any = false;
        for (const PortOptions& port : options_.ports) {
            smallest = std::min(smallest, port.mtu_bytes);
            any = any || std::any_of(port.addresses.begin(), port.addresses.end(),
                                     [&](const PortAddress& own) { return own.address.family() == family; });
        }
        if (any) add(RouteTable::kHost, {IpAddress::any(family), 0}, smallest, {});
    }

    static Prefix alone(const IpAddress& address) { return {address, static_cast<std::uint8_t>(address.bits())}; }

    const dataplane::DpdkOptions& options_;
    HostPlan plan_;
};

}  // namespace

HostPlan plan_host(const dataplane::DpdkOptions& options) {
    return Planner(options).plan();
}

}  // namespace esplane::gateway
