// Many peers of one tunnel with a pool: each gets an address of its own and a policy of its own, and keeps them as long
// as it is there.

#include <catch2/catch.hpp>
#include <set>

#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ConfigAttributeType;
using ike::wire::ConfigType;
using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

ike::TunnelOptions pool_tunnel(std::vector<Prefix> addresses) {
    ike::TunnelOptions options = right_tunnel();
    options.name = "rw";
    options.remote_address.reset();
    options.remote_id = ike::IdentityPattern::parse("*.example.org").value();
    options.pool = ike::PoolOptions{std::move(addresses), {IpAddress::parse("10.1.0.53").value()}};
    options.children.front().selectors = {subnets({"10.1.0.0/16"}), {}};
    for (const Prefix& prefix : options.pool->addresses)
        options.children.front().selectors.remote.push_back(dataplane::TrafficSelector::from_prefix(prefix));
    return options;
}

/// Of the client of this number; it starts when it is added.
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
        world.run_for(seconds(5));
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

}  // namespace

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

// --- what an authenticated peer may try ---

namespace {

/// A gateway with a pool, and a peer that asks for what a test says.
struct Asking {
    Asking() : peer(client_tunnel(1, kLeft), 1) {
        options = pool_tunnel({prefix("10.99.0.0/29")});
        options.local_address = kLeft;
        options.local_id = ike::Identity::parse("right.example.org").value();
        alone.left.command(ike::AddTunnel{options});
        init(peer);
    }
    void init(ScriptedPeer& who) { REQUIRE(who.take_init_response(alone.ask(who.init_request()))); }
    std::optional<Payloads> auth(ScriptedPeer& who, const Payloads& request) {
        alone.ask(who.seal(ExchangeType::kIkeAuth, false, 1, request));
        // A Delete of what it replaces may follow.
        return alone.sent.empty() ? std::nullopt : who.open(alone.sent.front());
    }
    Payloads request(ScriptedPeer& who, std::optional<ike::wire::Configuration> asked) {
        Payloads payloads = who.auth_request();
        payloads.configuration = std::move(asked);
        return payloads;
    }
    std::uint32_t in_use() const { return alone.left.status("rw").pool->in_use; }

    Alone alone;
    ike::TunnelOptions options;
    ScriptedPeer peer;
};

ike::wire::Configuration asks(ConfigType type, Bytes wish = {}) {
    return {static_cast<std::uint8_t>(type), {{static_cast<std::uint16_t>(ConfigAttributeType::kIp4Address), wish}}};
}

Bytes octets(const char* address) {
    return to_bytes(IpAddress::parse(address)->octets());
}

bool gives(const std::optional<Payloads>& answer, const char* address) {
    return answer && answer->sa && answer->configuration && answer->configuration->is(ConfigType::kReply) &&
           answer->configuration->attributes.front().value == octets(address) &&
           answer->ts_i->entries == subnets({address});
}

}  // namespace

TEST_CASE("without a request for an address, or with one for another family, there is no CHILD_SA") {
    Asking scene;
    std::optional<ike::wire::Configuration> asked;
    SECTION("none") {}
    SECTION("an answer in a request") {
        asked = asks(ConfigType::kReply, octets("10.99.0.3"));
    }
    SECTION("a command") {
        asked = asks(ConfigType::kSet, octets("10.99.0.3"));
    }
    SECTION("an acknowledgement") {
        asked = asks(ConfigType::kAck);
    }
    SECTION("IPv6, which the pool has not") {
        asked = {1, {{static_cast<std::uint16_t>(ConfigAttributeType::kIp6Address), {}}}};
    }
    SECTION("nothing but a DNS server") {
        asked = {1, {{static_cast<std::uint16_t>(ConfigAttributeType::kIp4Dns), {}}}};
    }
    const auto answer = scene.auth(scene.peer, scene.request(scene.peer, asked));
    REQUIRE(answer);
    CHECK(answer->auth);
    CHECK(has(answer, NotifyType::kFailedCpRequired));
    CHECK_FALSE(answer->sa);
    CHECK_FALSE(answer->configuration);
    CHECK(scene.in_use() == 0);
    CHECK(scene.alone.left.dataplane().instances().empty());
    CHECK(scene.alone.left.status("rw").last_error->code == "no_address_asked");
    // Nor by another exchange.
    const auto child = scene.peer.open(
        scene.alone.ask(scene.peer.seal(ExchangeType::kCreateChildSa, false, 2, scene.peer.child_request())));
    CHECK(has(child, NotifyType::kFailedCpRequired));
    CHECK(scene.alone.left.dataplane().children().empty());
}

TEST_CASE("a wish is granted where nobody has the address or had it last") {
    Asking scene;
    CHECK(gives(scene.auth(scene.peer, scene.request(scene.peer, asks(ConfigType::kRequest, octets("10.99.0.5")))),
                "10.99.0.5"));
    ScriptedPeer other(client_tunnel(2, kLeft), 2);
    scene.init(other);
    CHECK(gives(scene.auth(other, scene.request(other, asks(ConfigType::kRequest, octets("10.99.0.5")))), "10.99.0.1"));
    ScriptedPeer stranger(client_tunnel(3, kLeft), 3);
    scene.init(stranger);
    CHECK(gives(scene.auth(stranger, scene.request(stranger, asks(ConfigType::kRequest, octets("192.0.2.77")))),
                "10.99.0.2"));
    CHECK(scene.in_use() == 3);
}

TEST_CASE("traffic selectors of somebody else's address get a peer nothing") {
    Asking scene;
    ScriptedPeer victim(client_tunnel(9, kLeft), 9);
    scene.init(victim);
    REQUIRE(gives(scene.auth(victim, scene.request(victim, asks(ConfigType::kRequest))), "10.99.0.1"));
    Payloads request = scene.request(scene.peer, asks(ConfigType::kRequest));
    SECTION("in IKE_AUTH") {
        request.ts_i->entries = subnets({"10.99.0.1"});
        const auto answer = scene.auth(scene.peer, request);
        CHECK(has(answer, NotifyType::kTsUnacceptable));
        CHECK_FALSE(answer->configuration);
    }
    SECTION("in IKE_AUTH, along with everything") {
        request.ts_i->entries = subnets({"10.99.0.1", "0.0.0.0/0"});
        CHECK(gives(scene.auth(scene.peer, request), "10.99.0.2"));
    }
    SECTION("in CREATE_CHILD_SA") {
        REQUIRE(gives(scene.auth(scene.peer, request), "10.99.0.2"));
        Payloads child = scene.peer.child_request();
        child.ts_i->entries = subnets({"10.99.0.1"});
        const auto answer =
            scene.peer.open(scene.alone.ask(scene.peer.seal(ExchangeType::kCreateChildSa, false, 2, child)));
        CHECK(has(answer, NotifyType::kTsUnacceptable));
    }
    for (const auto& [id, child] : scene.alone.left.dataplane().children()) {
        const auto& own = scene.alone.left.dataplane().instances().at(child.options.tunnel).selectors.remote;
        CHECK(child.options.selectors.remote == own);
    }
    CHECK(scene.alone.left.dataplane().offences().empty());
}

TEST_CASE("one name in many spellings is one peer with one address") {
    Asking scene;
    std::uint64_t seed = 4;
    for (const char* name : {"Client1.example.org", "CLIENT1.EXAMPLE.ORG", "client1.Example.Org"}) {
        auto options = client_tunnel(1, kLeft);
        options.local_id = ike::Identity::parse(name).value();
        ScriptedPeer peer(options, ++seed);
        scene.init(peer);
        INFO(name);
        CHECK(gives(scene.auth(peer, scene.request(peer, asks(ConfigType::kRequest))), "10.99.0.1"));
    }
    CHECK(scene.in_use() == 1);
}

TEST_CASE("a Configuration payload beyond all bounds costs its sender the exchange, and nobody anything else") {
    Asking scene;
    Payloads request = scene.request(scene.peer, asks(ConfigType::kRequest));
    SECTION("a thousand attributes") {
        request.configuration->attributes.resize(1000, {3, {}});
    }
    SECTION("a wrong length") {
        request.configuration->attributes.front().value = Bytes(5);
    }
    const auto answer = scene.auth(scene.peer, request);
    CHECK(has(answer, NotifyType::kInvalidSyntax));
    CHECK(scene.in_use() == 0);
    CHECK(scene.alone.left.dataplane().instances().empty());
}

}  // namespace esplane::sim
