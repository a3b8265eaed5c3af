// What an authenticated peer may try at a gateway that hands out addresses: it gets its own or nothing.

#include <catch2/catch.hpp>

#include "tests/sim/alone.h"
#include "tests/sim/road.h"

namespace esplane::sim {

using ike::wire::ConfigAttributeType;
using ike::wire::ConfigType;
using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;

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
