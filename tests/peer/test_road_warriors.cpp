// A peer that is authentic and hostile, of a tunnel that hands out addresses: whatever it writes into its Configuration
// payload and traffic selectors, it gets its own address or nothing, and the next peer gets another one.

#include <catch2/catch.hpp>

#include "tests/peer/peer.h"
#include "tests/sim/sim.h"

namespace esplane::peer {

namespace {

constexpr std::uint8_t kCp = 47;
constexpr std::uint16_t kFailedCpRequired = 37;
constexpr std::uint32_t kPool = 0x0a630000;  // 10.99.0.0/29

/// Type, length, value (RFC 7296 3.15.1).
Bytes attribute(std::uint16_t type, ByteView value = {}) {
    Bytes octets = number(type);
    put(octets, static_cast<std::uint16_t>(value.size()));
    append(octets, value);
    return octets;
}

Payload cp(std::uint8_t type, ByteView attributes) {
    return {kCp, joined({Bytes{type, 0, 0, 0}, attributes})};
}

Payload request(ByteView wish = {}) {
    return cp(1, attribute(1, wish));
}

Bytes repeated(const Bytes& octets, std::size_t count) {
    Bytes all;
    for (std::size_t i = 0; i < count; ++i)
        append(all, octets);
    return all;
}

class Gateway {
  public:
    Gateway() : engine(world_.add(sim::kLeft)) {
        world_.network.filter = [this](const sim::Packet& packet) {
            if (const auto* datagram = std::get_if<Bytes>(&packet.content)) heard_.push_back(*datagram);
            return false;
        };
        auto options = sim::left_tunnel();
        options.start = ike::StartMode::kListen;
        options.remote_address.reset();
        options.remote_id = ike::IdentityPattern::parse("*.example.org").value();
        options.pool = ike::PoolOptions{{Prefix::parse("10.99.0.0/29").value()}, {}};
        options.children.front().selectors.remote = sim::subnets({"10.99.0.0/29"});
        engine.command(ike::AddTunnel{options});
    }

    /// IKE_SA_INIT, and IKE_AUTH with these payloads more; what is answered to the latter.
    Chain answer_to(Peer& peer, const Chain& more) {
        ask(peer.init_request(peer.init_chain()));
        if (heard_.empty() || !peer.take_init_response(heard_.back())) return {};
        Chain chain = peer.auth_chain();
        chain.insert(chain.begin() + 2, more.begin(), more.end());
        ask(peer.seal(kAuthExchange, false, 1, chain));
        const auto answer = heard_.empty() ? std::nullopt : peer.open(heard_.back());
        return answer ? answer->chain : Chain{};
    }

    /// Every CHILD_SA carries the address of its own peer, which no other one has.
    std::string broken() const {
        const sim::SimDataplane& dataplane = engine.dataplane();
        if (!dataplane.offences().empty()) return dataplane.offences().front();
        for (const auto& [id, child] : dataplane.children()) {
            const auto instance = dataplane.instances().find(child.options.tunnel);
            if (instance == dataplane.instances().end()) return "a CHILD_SA of no peer";
            if (child.options.selectors.remote != instance->second.selectors.remote)
                return "a CHILD_SA with an address that its peer does not have";
            if (child.options.selectors.local != sim::subnets({"10.1.0.0/16"})) return "a local side that is too wide";
        }
        return {};
    }
    std::size_t peers() const { return engine.dataplane().instances().size(); }

  private:
    void ask(const Bytes& datagram) {
        heard_.clear();
        engine.receive({{sim::kLeft, 500}, {sim::kRight, 500}}, datagram);
        world_.run_for(std::chrono::milliseconds(1));
    }

    sim::World world_;
    std::vector<Bytes> heard_;

  public:
    sim::Node& engine;
};

Peer peer_of(std::uint64_t number) {
    Peer peer("peer" + std::to_string(number) + ".example.org", "secret", number);
    peer.own_first = 0;
    peer.own_last = 0xffffffff;
    return peer;
}

/// The address in the first attribute of a CFG_REPLY; 0 when there is none.
std::uint32_t given(const Chain& answer) {
    const Payload* reply = find(answer, kCp);
    if (reply == nullptr || reply->body.size() < 12 || reply->body[0] != 2) return 0;
    return load_be<std::uint32_t>(reply->body.data() + 8);
}

}  // namespace

TEST_CASE("a peer gets its own address or nothing, whatever its Configuration payload says") {
    struct Case {
        const char* name;
        Chain more;
        std::uint16_t notify;  ///< what the engine refuses with; 0: it gives an address
        std::uint32_t address = 0;
    };
    const Bytes any = attribute(1);
    const Case cases[] = {
        {"cp_missing", {}, kFailedCpRequired},
        {"cp_is_a_reply", {cp(2, attribute(1, number(kPool + 2)))}, kFailedCpRequired},
        {"cp_is_a_set", {cp(3, attribute(1, number(kPool + 2)))}, kFailedCpRequired},
        {"cp_is_an_acknowledgement", {cp(4, any)}, kFailedCpRequired},
        {"cp_of_unknown_type", {cp(99, any)}, kFailedCpRequired},
        {"cp_without_attributes", {cp(1, {})}, kFailedCpRequired},
        {"cp_asks_for_unknown_things",
         {cp(1, joined({attribute(200), attribute(0x7fff, Bytes(900, 1))}))},
         kFailedCpRequired},
        {"cp_doubled", {request(), request()}, says::kInvalidSyntax},
        {"cp_of_three_octets", {{kCp, {1, 0, 0}}}, says::kInvalidSyntax},
        {"cp_cut_within_an_attribute", {{kCp, {1, 0, 0, 0, 0, 1, 0}}}, says::kInvalidSyntax},
        {"cp_attribute_beyond_its_end", {cp(1, Bytes{0, 1, 0xff, 0xff, 1})}, says::kInvalidSyntax},
        {"cp_address_of_three_octets", {request(Bytes(3))}, says::kInvalidSyntax},
        {"cp_address_of_five_octets", {request(Bytes(5))}, says::kInvalidSyntax},
        {"cp_netmask_of_eight_octets", {cp(1, joined({any, attribute(2, Bytes(8))}))}, says::kInvalidSyntax},
        {"cp_subnet_of_four_octets", {cp(1, joined({any, attribute(13, Bytes(4))}))}, says::kInvalidSyntax},
        {"cp_with_a_thousand_attributes", {cp(1, repeated(any, 1000))}, says::kInvalidSyntax},
        {"cp_with_128_requests_for_an_address", {cp(1, repeated(any, 128))}, 0, kPool + 2},
        {"cp_asks_for_a_foreign_address", {request(number(std::uint32_t{0xc0000277}))}, 0, kPool + 2},
        {"cp_asks_for_the_victims_address", {request(number(kPool + 1))}, 0, kPool + 2},
        {"cp_asks_for_the_network", {request(number(kPool))}, 0, kPool + 2},
        {"cp_asks_for_the_broadcast", {request(number(kPool + 7))}, 0, kPool + 2},
        {"cp_asks_for_all_ones", {request(Bytes(4, 0xff))}, 0, kPool + 2},
        {"cp_with_the_reserved_bit", {cp(1, attribute(0x8001))}, 0, kPool + 2},
        {"cp_sets_dns_and_subnet_of_its_own",
         {cp(1, joined({any, attribute(3, number(std::uint32_t{0x06060606})),
                        attribute(13, joined({number(kPool), number(0xfffffff8U)}))}))},
         0,
         kPool + 2},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        Gateway gateway;
        Peer victim = peer_of(1);
        REQUIRE(given(gateway.answer_to(victim, {request()})) == kPool + 1);
        Peer peer = peer_of(2);
        const Chain answer = gateway.answer_to(peer, each.more);
        if (each.notify != 0) {
            CHECK(find_notify(answer, each.notify) != nullptr);
            CHECK(find(answer, kSa) == nullptr);
            CHECK(find(answer, kCp) == nullptr);
            CHECK(gateway.peers() == 1);
        } else {
            CHECK(given(answer) == each.address);
            CHECK(find(answer, kSa) != nullptr);
            CHECK(gateway.peers() == 2);
        }
        Peer honest = peer_of(3);
        CHECK(given(gateway.answer_to(honest, {request()})) == (each.notify != 0 ? kPool + 2 : kPool + 3));
        CHECK(gateway.broken().empty());
    }
}

TEST_CASE("traffic selectors never reach beyond a peer's own address, nor beyond what is behind the gateway") {
    struct Case {
        const char* name;
        std::uint32_t own_first, own_last, other_first, other_last;
        bool agrees;
    };
    const Case cases[] = {
        {"the_victims_address", kPool + 1, kPool + 1, 0x0a010000, 0x0a01ffff, false},
        {"up_to_the_victims_address", 0, kPool + 1, 0x0a010000, 0x0a01ffff, false},
        {"behind_its_own", kPool + 3, kPool + 7, 0x0a010000, 0x0a01ffff, false},
        {"the_whole_pool", kPool, kPool + 7, 0x0a010000, 0x0a01ffff, true},
        {"everything_to_everything", 0, 0xffffffff, 0, 0xffffffff, true},
        {"the_pool_behind_the_gateway", 0, 0xffffffff, kPool, kPool + 7, false},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        Gateway gateway;
        Peer victim = peer_of(1);
        REQUIRE(given(gateway.answer_to(victim, {request()})) == kPool + 1);
        Peer peer = peer_of(2);
        peer.own_first = each.own_first;
        peer.own_last = each.own_last;
        peer.other_first = each.other_first;
        peer.other_last = each.other_last;
        const Chain answer = gateway.answer_to(peer, {request()});
        CHECK((find(answer, kSa) != nullptr) == each.agrees);
        CHECK((find_notify(answer, says::kTsUnacceptable) != nullptr) == !each.agrees);
        CHECK(gateway.engine.dataplane().children().size() == (each.agrees ? 2 : 1));
        CHECK(gateway.broken().empty());
    }
}

TEST_CASE("a peer with the key cannot have more addresses than the pool has, under however many names") {
    Gateway gateway;
    for (std::uint64_t i = 1; i <= 40; ++i) {
        Peer peer = peer_of(i);
        const Chain answer = gateway.answer_to(peer, {request()});
        CHECK((given(answer) != 0) == (i <= 6));
        if (i > 6) CHECK(find_notify(answer, 36) != nullptr);
    }
    CHECK(gateway.peers() == 6);
    CHECK(gateway.engine.engine().counters().child_sas == 6);
    CHECK(gateway.broken().empty());
}

}  // namespace esplane::peer
