// Many peers of one tunnel with a pool: each gets an address of its own and a policy of its own, and keeps them as long
// as it is there.

#include <catch2/catch.hpp>
#include <set>

#include "tests/sim/road.h"

namespace esplane::sim {

using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("each peer gets an address and a policy of its own, and the packets for it") {
    Road road(20);
    road.start_all();
    std::set<IpAddress> addresses;
    for (std::size_t i = 0; i < 20; ++i) {
        INFO("client " << i);
        REQUIRE(road.is_up(i));
        REQUIRE(road.address_of(i));
        CHECK(prefix("10.99.0.0/24").contains(*road.address_of(i)));
        addresses.insert(*road.address_of(i));
        CHECK(road.ping(i));
        CHECK(road.clients[i]->status().dns == std::vector{IpAddress::parse("10.1.0.53").value()});
        const auto child = current_children(*road.clients[i]).front();
        CHECK(child.selectors.remote == subnets({"10.1.0.0/16"}));
        CHECK(dataplane::to_string(child.selectors.local) == road.address_of(i)->to_string() + "/32");
    }
    CHECK(addresses.size() == 20);
    CHECK(road.in_use() == 20);
    CHECK(road.gateway.status("rw/client7.example.org").instance_of == dataplane::TunnelId{1});
    // They are shared among the workers, as the SPIs say.
    std::set<dataplane::WorkerId> workers;
    for (const auto& [id, child] : road.gateway.dataplane().children()) {
        const auto& instance = road.gateway.dataplane().instances().at(child.options.tunnel);
        CHECK(dataplane::worker_of(child.options.spi_in) == instance.worker);
        workers.insert(instance.worker);
    }
    CHECK(workers.size() == 3);
    CHECK(road.offences().empty());
}

TEST_CASE("a peer that comes back has its address again, and nobody else had it meanwhile") {
    Road road(3);
    road.start_all();
    const auto first = road.address_of(0);
    road.clients[0]->command(ike::Down{"t"});
    road.world.run_for(seconds(5));
    CHECK(road.in_use() == 2);
    CHECK(road.gateway.status("rw/client0.example.org").name.empty());
    CHECK(road.gateway.engine().counters().child_sas == 2);
    road.clients[0]->command(ike::Up{"t"});
    road.world.run_for(seconds(5));
    REQUIRE(road.is_up(0));
    CHECK(road.address_of(0) == first);
    CHECK(road.ping(0));
    CHECK(road.offences().empty());
}

TEST_CASE("a peer that was restarted takes the place of what it was before, whether it says so or not") {
    const bool says_so = GENERATE(true, false);
    INFO("INITIAL_CONTACT " << says_so);
    Road road(2);
    road.start_all();
    const auto before = road.address_of(0);
    road.clients[0]->crash();
    if (!says_so) {
        // It has another IKE SA with the gateway already, so this is no first contact.
        auto other = client_tunnel(7, road.clients[0]->address);
        other.id = dataplane::TunnelId{2};
        other.name = "other";
        road.clients[0]->command(ike::AddTunnel{other});
        road.world.run_for(seconds(5));
    }
    road.start(0);
    road.world.run_for(seconds(10));
    REQUIRE(road.is_up(0));
    CHECK(road.address_of(0) == before);
    CHECK(road.in_use() == (says_so ? 2 : 3));
    CHECK(road.gateway.status("rw/client0.example.org").children.size() == 1);
    CHECK(road.ping(0));
    CHECK(road.ping(1));
    CHECK(road.offences().empty());
}

TEST_CASE("a pool that is exhausted refuses the next peer, and serves it when another one has gone") {
    Road road(3, {prefix("10.99.0.0/30")});  // two addresses
    road.start_all();
    CHECK(road.in_use() == 2);
    CHECK(road.gateway.count("pool_exhausted") > 0);
    std::size_t refused = 3;
    for (std::size_t i = 0; i < 3; ++i) {
        if (!road.is_up(i)) refused = i;
    }
    REQUIRE(refused < 3);
    CHECK(road.clients[refused]->status().last_error->code == "no_address_given");
    CHECK(road.gateway.dataplane().instances().size() == 2);
    const std::size_t goes = refused == 0 ? 1 : 0;
    road.clients[goes]->command(ike::Down{"t"});
    REQUIRE(road.world.run_until([&] { return road.is_up(refused); }, minutes(3)));
    CHECK(road.ping(refused));
    CHECK(road.offences().empty());
}

TEST_CASE("a lease outlives rekeys, and ends with a peer that is silent") {
    Road road(2);
    road.start_all();
    const auto before = road.address_of(0);
    road.gateway.command(ike::Rekey{"rw", true});
    road.world.run_for(seconds(5));
    road.clients[0]->command(ike::Rekey{"t", true});
    road.world.run_for(seconds(5));
    road.gateway.command(ike::Rekey{"rw"});
    road.clients[1]->command(ike::Rekey{"t"});
    road.world.run_for(seconds(20));
    CHECK(road.gateway.count("rekeyed_ike") >= 3);
    CHECK(road.gateway.count("rekeyed_child") >= 2);
    CHECK(road.address_of(0) == before);
    CHECK(road.in_use() == 2);
    CHECK(road.ping(0));
    CHECK(road.ping(1));
    road.world.network.filter = [&](const Packet& packet) { return packet.source.address != road.clients[0]->address; };
    road.world.run_for(minutes(3));
    CHECK(road.gateway.count("peer_dead") + road.gateway.count("liveness_failed") > 0);
    CHECK(road.in_use() == 1);
    CHECK(road.ping(1));
    CHECK(road.offences().empty());
}

TEST_CASE("down ends all peers and keeps new ones out until up; removal leaves nothing") {
    Road road(5);
    road.start_all();
    const auto down = road.gateway.command(ike::Down{"rw"});
    road.world.run_for(seconds(5));
    REQUIRE(road.gateway.answer(down) != nullptr);
    CHECK(road.gateway.answer(down)->ok);
    CHECK(road.in_use() == 0);
    CHECK(road.gateway.dataplane().instances().empty());
    CHECK(road.gateway.dataplane().children().empty());
    const auto up = road.gateway.command(ike::Up{"rw"});
    CHECK(road.gateway.answer(up)->ok);
    REQUIRE(road.world.run_until([&] { return road.in_use() == 5; }, minutes(3)));
    const auto removed = road.gateway.command(ike::RemoveTunnel{"rw"});
    CHECK(road.gateway.answer(removed)->ok);
    road.world.run_for(minutes(2));
    const ike::Counters counters = road.gateway.engine().counters();
    CHECK(counters.ike_sas == 0);
    CHECK(counters.child_sas == 0);
    CHECK(counters.timers == 0);
    CHECK(road.gateway.dataplane().instances().empty());
    CHECK(road.offences().empty());
}

TEST_CASE("peers of both families, and a shutdown that tells them all") {
    Road road(0, {prefix("10.99.0.0/24"), prefix("fd00:99::/112")});
    auto& client = road.world.add(kLeft);
    auto options = client_tunnel(1, kLeft);
    options.children.front().selectors = {subnets({"0.0.0.0/0", "::/0"}), subnets({"10.1.0.0/16", "fd00:1::/64"})};
    auto served = pool_tunnel({prefix("10.99.0.0/24"), prefix("fd00:99::/112")});
    road.gateway.command(ike::RemoveTunnel{"rw"});
    served.children.front().selectors.local = subnets({"10.1.0.0/16", "fd00:1::/64"});
    road.gateway.command(ike::AddTunnel{served});
    client.command(ike::AddTunnel{options});
    road.world.run_for(seconds(5));
    CHECK(client.status().virtual_addresses ==
          std::vector{IpAddress::parse("10.99.0.1").value(), IpAddress::parse("fd00:99::1").value()});
    const auto children = current_children(client);
    REQUIRE(children.size() == 1);
    CHECK(children.front().selectors.local == subnets({"10.99.0.1/32", "fd00:99::1/128"}));
    road.gateway.command(ike::Shutdown{});
    road.world.run_for(seconds(5));
    CHECK(road.gateway.engine().idle());
    CHECK(road.gateway.dataplane().instances().empty());
    CHECK(current_children(client).empty());
}

TEST_CASE("peers that come and go by chance leave an exact book of leases") {
    const std::uint64_t seed = GENERATE(range(1, 6));
    INFO("seed " << seed);
    Road road(12, {prefix("10.99.0.0/28")}, seed);
    road.world.network.faults.loss = 0.05;
    crypto::SeededRandom random(seed);
    std::vector<bool> known(12);
    for (int step = 0; step < 120; ++step) {
        const std::size_t who = random.below(12);
        Node& client = *road.clients[who];
        if (!known[who]) {
            road.start(who);
            known[who] = true;
        } else if (random.below(4) == 0) {
            client.crash();
            known[who] = false;
        } else if (random.below(2) == 0) {
            client.command(ike::Down{"t"});
        } else {
            client.command(random.below(2) == 0 ? decltype(ike::Command::what)(ike::Up{"t"})
                                                : decltype(ike::Command::what)(ike::Rekey{"t", random.below(2) == 0}));
        }
        road.world.run_for(milliseconds(random.below(4'000)));
    }
    road.world.network.faults = {};
    for (std::size_t i = 0; i < 12; ++i) {
        if (known[i]) road.clients[i]->command(ike::Up{"t"});
    }
    road.world.run_for(minutes(10));
    std::set<IpAddress> addresses;
    std::size_t up = 0;
    for (std::size_t i = 0; i < 12; ++i) {
        INFO("client " << i);
        if (!known[i]) continue;
        ++up;
        REQUIRE(road.is_up(i));
        CHECK(road.ping(i));
        addresses.insert(*road.address_of(i));
    }
    CHECK(addresses.size() == up);
    CHECK(road.in_use() == up);
    CHECK(road.gateway.dataplane().instances().size() == up);
    CHECK(road.gateway.engine().counters().child_sas == up);
    CHECK(road.offences().empty());
}

}  // namespace esplane::sim
