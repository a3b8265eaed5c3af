// A gateway that hands out addresses, and clients that ask for them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sim/sim.h"

namespace esplane::sim {

Prefix prefix(const char* text);
/// Tunnel "rw" of the right side, for everybody under example.org: 10.1.0.0/16 to an address of these.
ike::TunnelOptions pool_tunnel(std::vector<Prefix> addresses);
/// Tunnel "t" of the client of this number, which starts when it is added.
ike::TunnelOptions client_tunnel(std::size_t number, const IpAddress& address);

/// A gateway with a pool, and clients that come and go.
struct Road {
    explicit Road(std::size_t count, std::vector<Prefix> pool = {prefix("10.99.0.0/24")}, std::uint64_t seed = 1)
        : world(seed), gateway(world.add(kRight, {.workers = 3})) {
        world.watch.emplace();
        gateway.command(ike::AddTunnel{pool_tunnel(std::move(pool))});
        for (std::size_t i = 0; i < count; ++i)
            clients.push_back(&world.add(IpAddress::v4(0xc0000210 + static_cast<std::uint32_t>(i))));
    }

    void start(std::size_t number) {
        clients[number]->command(ike::AddTunnel{client_tunnel(number, clients[number]->address)});
    }
    void start_all() {
        for (std::size_t i = 0; i < clients.size(); ++i)
            start(i);
        world.run_for(std::chrono::seconds(5));
    }

    std::optional<IpAddress> address_of(std::size_t number) const {
        const auto given = clients[number]->status().virtual_addresses;
        return given.size() == 1 ? std::optional(given.front()) : std::nullopt;
    }
    bool is_up(std::size_t number) const { return current_children(*clients[number]).size() == 1; }

    /// A packet each way between a client and what is behind the gateway, by the policy of the client's address.
    bool ping(std::size_t number) {
        Node& client = *clients[number];
        const auto address = address_of(number);
        const auto* instance = address ? gateway.dataplane().instance_for(*address) : nullptr;
        if (instance == nullptr) return false;
        const auto here = gateway.payloads_received;
        const auto there = client.payloads_received;
        if (!world.send_payload(client) || !world.send_payload(gateway, 0, instance->id)) return false;
        world.run_for(milliseconds(500));
        return gateway.payloads_received > here && client.payloads_received > there;
    }

    std::uint32_t in_use() const { return gateway.status("rw").pool->in_use; }
    std::string offences() const {
        std::string found;
        for (const std::string& offence : gateway.dataplane().offences())
            found += offence + "; ";
        for (const std::string& offence : world.watch->offences())
            found += offence + "; ";
        return found;
    }

    World world;
    Node& gateway;
    std::vector<Node*> clients;
};

}  // namespace esplane::sim
