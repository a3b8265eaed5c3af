#include "benchmarks/ethdev/stations.h"

#include <stdexcept>
#include <thread>

namespace esplane::bench::ethdev {
namespace {

constexpr std::chrono::seconds kPatience{10};

dataplane::PortOptions port_options(const std::string& name, const StationOptions& station, std::uint32_t mtu) {
    dataplane::PortOptions options{.name = name, .device = station.device, .addresses = station.addresses};
    options.mtu_bytes = mtu;
    return options;
}

/// A virtual device may take a moment until its other end is there.
void wait_for_link(const Station& station, const std::string& name) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!station.is_up()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("Port " + name + ": its link is down. Is there something at its other end?");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace

Stations::Stations(const StationsOptions& options) {
    const dataplane::DpdkOptions wanted{.eal = options.eal,
                                        .ports = {port_options("send", options.sender, options.mtu_bytes),
                                                  port_options("receive", options.receiver, options.mtu_bytes)}};
    auto eal = dataplane::Eal::start(wanted, dataplane::pool_bytes(wanted, 1));
    if (!eal) throw std::runtime_error(eal.error());
    eal_ = std::move(eal).value();
    pools_ = std::make_unique<dataplane::Pools>(wanted, 1);
    sender_ = std::make_unique<Station>(wanted.ports[0], *pools_);
    receiver_ = std::make_unique<Station>(wanted.ports[1], *pools_);
    wait_for_link(*sender_, "send");
    wait_for_link(*receiver_, "receive");
    sender_->announce();
    receiver_->announce();
    ends_.source = sender_->mac();
    ends_.destination = options.router_mac ? *options.router_mac : sender_->find(options.router.value(), kPatience);
}

}  // namespace esplane::bench::ethdev
