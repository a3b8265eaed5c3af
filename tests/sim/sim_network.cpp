#include "tests/sim/sim_network.h"

namespace esplane::sim {

void Nat::leave(Packet& packet) {
    if (!hides(packet.source.address)) return;
    packet.source.address = outside_;
    if (packet.source.port == 0) return;  // raw ESP: only the address
    const auto found = outside_of_.find(packet.source.port);
    if (found == outside_of_.end()) {
        outside_of_[packet.source.port] = next_port_;
        inside_of_[next_port_] = packet.source.port;
        packet.source.port = next_port_++;
        return;
    }
    packet.source.port = found->second;
}

bool Nat::enter(Packet& packet) {
    if (!owns(packet.destination.address)) return true;
    // Raw ESP cannot be told apart by a NAT with several hosts behind it.
    const auto found = inside_of_.find(packet.destination.port);
    if (found == inside_of_.end()) return false;
    packet.destination = {inside_, found->second};
    return true;
}

void Nat::reboot() {
    outside_of_.clear();
    inside_of_.clear();
}

bool Network::happens(double probability) {
    if (probability <= 0) return false;
    return static_cast<double>(random_.below(1'000'000)) < probability * 1'000'000;
}

milliseconds Network::travel_time() {
    const auto spread = static_cast<std::uint64_t>(faults.jitter.count());
    return faults.delay + milliseconds(spread == 0 ? 0 : random_.below(spread + 1));
}

std::vector<Network::Delivery> Network::transmit(Packet packet) {
    if (std::holds_alternative<Bytes>(packet.content)) ++datagrams_sent;
    if (filter && !filter(packet)) return {};
    for (Nat& nat : nats)
        nat.leave(packet);
    if (happens(faults.loss)) return {};
    std::vector<Delivery> deliveries;
    if (happens(faults.repeat)) deliveries.push_back({travel_time(), packet});
    deliveries.push_back({travel_time(), std::move(packet)});
    return deliveries;
}

bool Network::arrive(Packet& packet) {
    for (Nat& nat : nats) {
        if (!nat.enter(packet)) return false;
    }
    return true;
}

}  // namespace esplane::sim
