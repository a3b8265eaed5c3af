#include "dataplane/sa/policy_table.h"

#include <catch2/catch.hpp>
#include <memory>

#include "crypto/random.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::address;

TrafficSelector prefix(std::string_view text) {
    return TrafficSelector::from_prefix(*Prefix::parse(text));
}

TrafficSelector narrowed(std::string_view text, std::uint8_t protocol, std::uint16_t first, std::uint16_t last) {
    TrafficSelector selector = prefix(text);
    selector.protocol = protocol;
    selector.first_port = first;
    selector.last_port = last;
    return selector;
}

TunnelPolicy policy(std::uint32_t id, std::vector<TrafficSelector> local, std::vector<TrafficSelector> remote,
                    ClearPort port = ClearPort{1}) {
    TunnelPolicy made;
    made.id = TunnelId{id};
    made.port = port;
    made.policies = {{std::move(local), std::move(remote)}};
    return made;
}

InnerPacket packet(const IpAddress& from, const IpAddress& to, std::uint8_t protocol = 6,
                   std::uint16_t source_port = 40000, std::uint16_t destination_port = 443) {
    const bool has_ports = protocol == 6 || protocol == 17;
    return {.source = from,
            .destination = to,
            .source_port = source_port,
            .destination_port = destination_port,
            .protocol = protocol,
            .has_ports = has_ports};
}

InnerPacket packet(std::string_view from, std::string_view to, std::uint8_t protocol = 6,
                   std::uint16_t source_port = 40000, std::uint16_t destination_port = 443) {
    return packet(address(from), address(to), protocol, source_port, destination_port);
}

TEST_CASE("a packet finds the tunnel of its device, source and destination") {
    TunnelState tunnel(policy(1, {prefix("10.1.0.0/16")}, {prefix("10.2.0.0/16"), prefix("10.3.0.0/16")}));
    PolicyTable table;
    table.add(&tunnel);
    CHECK(table.find(ClearPort{1}, packet("10.1.0.1", "10.2.255.255")) == &tunnel.policies[0]);
    CHECK(table.find(ClearPort{1}, packet("10.1.0.1", "10.3.0.0")) == &tunnel.policies[0]);
    CHECK(table.find(ClearPort{1}, packet("10.1.0.1", "10.4.0.0")) == nullptr);
    CHECK(table.find(ClearPort{1}, packet("10.9.0.1", "10.2.0.1")) == nullptr);
    CHECK(table.find(ClearPort{2}, packet("10.1.0.1", "10.2.0.1")) == nullptr);
    CHECK(table.find(ClearPort{1}, packet("2001:db8::1", "2001:db8::2")) == nullptr);
}

TEST_CASE("the longest remote prefix wins, whatever the order of adding") {
    TunnelState wide(policy(1, {prefix("0.0.0.0/0")}, {prefix("0.0.0.0/0")}));
    TunnelState middle(policy(2, {prefix("0.0.0.0/0")}, {prefix("10.0.0.0/8")}));
    TunnelState host(policy(3, {prefix("0.0.0.0/0")}, {prefix("10.1.2.3/32")}));
    for (const bool forwards : {true, false}) {
        PolicyTable table;
        for (TunnelState* tunnel : forwards ? std::vector{&wide, &middle, &host} : std::vector{&host, &middle, &wide})
            table.add(tunnel);
        CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.2.3")) == &host.policies[0]);
        CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.2.4")) == &middle.policies[0]);
        CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "11.0.0.1")) == &wide.policies[0]);
    }
}

TEST_CASE("a narrower prefix that does not fit otherwise leaves the packet to a wider one") {
    TunnelState any(policy(1, {prefix("0.0.0.0/0")}, {prefix("10.0.0.0/8")}));
    TunnelState web(policy(2, {prefix("0.0.0.0/0")}, {narrowed("10.1.0.0/16", 6, 443, 443)}));
    TunnelState site(policy(3, {prefix("172.16.0.0/12")}, {prefix("10.1.0.0/16")}));
    PolicyTable table;
    for (TunnelState* tunnel : {&any, &web, &site})
        table.add(tunnel);
    CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.0.1", 6, 1, 443)) == &web.policies[0]);
    CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.0.1", 6, 1, 80)) == &any.policies[0]);
    CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.0.1", 17, 1, 443)) == &any.policies[0]);
    CHECK(table.find(ClearPort{1}, packet("172.16.0.1", "10.1.0.1", 17, 1, 443)) == &site.policies[0]);
}

TEST_CASE("of equal prefixes the tunnel that was added first wins; each device has its own") {
    TunnelState first(policy(9, {prefix("0.0.0.0/0")}, {prefix("10.0.0.0/8")}));
    TunnelState second(policy(1, {prefix("0.0.0.0/0")}, {prefix("10.0.0.0/8")}));
    TunnelState elsewhere(policy(2, {prefix("0.0.0.0/0")}, {prefix("10.0.0.0/8")}, ClearPort{2}));
    PolicyTable table;
    for (TunnelState* tunnel : {&first, &second, &elsewhere})
        table.add(tunnel);
    CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.0.1")) == &first.policies[0]);
    CHECK(table.find(ClearPort{2}, packet("192.0.2.1", "10.1.0.1")) == &elsewhere.policies[0]);
    table.remove(&first);
    CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.0.1")) == &second.policies[0]);
    table.remove(&second);
    CHECK(table.find(ClearPort{1}, packet("192.0.2.1", "10.1.0.1")) == nullptr);
    CHECK(table.find(ClearPort{2}, packet("192.0.2.1", "10.1.0.1")) == &elsewhere.policies[0]);
}

TEST_CASE("ranges that are no prefix hold exactly what they say") {
    TrafficSelector remote = prefix("0.0.0.0/0");
    remote.first = address("10.0.0.250");
    remote.last = address("10.0.1.5");
    TunnelState tunnel(policy(1, {prefix("0.0.0.0/0")}, {remote}));
    PolicyTable table;
    table.add(&tunnel);
    for (const char* inside : {"10.0.0.250", "10.0.0.255", "10.0.1.0", "10.0.1.5"})
        CHECK(table.find(ClearPort{1}, packet("192.0.2.1", inside)) == &tunnel.policies[0]);
    for (const char* outside : {"10.0.0.249", "10.0.1.6", "10.0.0.0", "10.0.1.255"})
        CHECK(table.find(ClearPort{1}, packet("192.0.2.1", outside)) == nullptr);
}

TEST_CASE("what has no ports fits only selectors for any port") {
    InnerPacket fragment = packet("10.1.0.1", "10.2.0.1", 17);
    fragment.has_ports = false;
    const IpAddress at = address("10.2.0.1");
    CHECK(matches(prefix("10.2.0.0/16"), at, fragment, 0));
    CHECK(matches(narrowed("10.2.0.0/16", 17, 0, 65535), at, fragment, 0));
    CHECK_FALSE(matches(narrowed("10.2.0.0/16", 17, 0, 65534), at, fragment, 0));
    CHECK_FALSE(matches(narrowed("10.2.0.0/16", 17, 0, 443), at, fragment, 0));
    CHECK_FALSE(matches(narrowed("10.2.0.0/16", 6, 0, 65535), at, fragment, 0));
}

TEST_CASE("out: source in local; in: source in remote") {
    const SelectorPair selectors{{narrowed("10.1.0.0/16", 6, 1000, 1999)}, {narrowed("10.2.0.0/16", 6, 443, 443)}};
    CHECK(matches_outbound(selectors, packet("10.1.0.1", "10.2.0.1", 6, 1500, 443)));
    CHECK_FALSE(matches_outbound(selectors, packet("10.1.0.1", "10.2.0.1", 6, 443, 1500)));
    CHECK_FALSE(matches_outbound(selectors, packet("10.2.0.1", "10.1.0.1", 6, 443, 1500)));
    CHECK(matches_inbound(selectors, packet("10.2.0.1", "10.1.0.1", 6, 443, 1500)));
    CHECK_FALSE(matches_inbound(selectors, packet("10.1.0.1", "10.2.0.1", 6, 1500, 443)));
    CHECK_FALSE(matches_inbound(selectors, packet("10.2.0.1", "10.1.0.1", 17, 443, 1500)));
    CHECK_FALSE(matches_outbound({}, packet("10.1.0.1", "10.2.0.1")));
    CHECK_FALSE(matches_inbound({}, packet("10.1.0.1", "10.2.0.1")));
}

struct Model {
    struct Entry {
        TunnelState* tunnel;
        Prefix remote;
    };
    std::vector<Entry> entries;  // in the order of adding

    /// Looks at every tunnel: the longest remote prefix that holds the destination, then the first.
    const Policy* find(ClearPort port, const InnerPacket& looked_up) const {
        const Policy* best = nullptr;
        int best_length = -1;
        for (const auto& [tunnel, remote] : entries) {
            if (tunnel->policy.port != port || !remote.contains(looked_up.destination)) continue;
            if (!matches_outbound(tunnel->policy.policies[0], looked_up)) continue;
            if (remote.length > best_length) {
                best = &tunnel->policies[0];
                best_length = remote.length;
            }
        }
        return best;
    }
};

/// Addresses with few bits set, so that prefixes nest and packets hit them.
IpAddress sparse_address(crypto::Random& random, bool v6) {
    Bytes octets(v6 ? 16 : 4);
    octets[0] = 10;
    for (int i = 0; i < 3; ++i)
        octets[1 + random.below(octets.size() - 1)] = static_cast<std::uint8_t>(random.below(3) << random.below(7));
    return *IpAddress::from_octets(octets);
}

Prefix sparse_prefix(crypto::Random& random, bool v6) {
    const IpAddress at = sparse_address(random, v6);
    const auto length = static_cast<std::uint8_t>(random.below(static_cast<std::uint64_t>(at.bits()) + 1));
    Bytes octets = to_bytes(at.octets());
    for (std::size_t bit = length; bit < octets.size() * 8; ++bit)
        octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
    return {*IpAddress::from_octets(octets), length};
}

TEST_CASE("each policy of a tunnel has its own packets, and goes with the tunnel") {
    TunnelPolicy options = policy(1, {prefix("10.1.0.0/16")}, {prefix("10.2.0.0/16")});
    options.policies.push_back({{prefix("10.1.0.0/16")}, {narrowed("10.2.0.0/16", 17, 0, 65535)}});
    options.policies.push_back({{prefix("10.1.0.0/16")}, {prefix("10.2.7.0/24")}});
    TunnelState tunnel(options);
    PolicyTable table;
    table.add(&tunnel);
    CHECK(table.find(ClearPort{1}, packet("10.1.0.1", "10.2.0.1", 17)) == &tunnel.policies[0]);
    CHECK(table.find(ClearPort{1}, packet("10.1.0.1", "10.2.7.1")) == &tunnel.policies[2]);
    CHECK(tunnel.policies[2].index == 2);
    CHECK(tunnel.policies[2].tunnel == &tunnel);
    table.remove(&tunnel);
    CHECK(table.find(ClearPort{1}, packet("10.1.0.1", "10.2.7.1")) == nullptr);
}

TEST_CASE("random tunnels and packets, against a model that looks at every tunnel") {
    const std::uint64_t seed = 0x9011c7;
    crypto::SeededRandom random(seed);
    int found = 0;
    for (int table_number = 0; table_number < 8; ++table_number) {
        PolicyTable table;
        Model model;
        std::vector<std::unique_ptr<TunnelState>> owned;
        for (std::uint32_t step = 0; step < 400; ++step) {
            const bool v6 = random.below(2) == 0;
            if (random.below(4) == 0) {
                const Prefix remote_prefix = sparse_prefix(random, v6);
                TrafficSelector remote = TrafficSelector::from_prefix(remote_prefix);
                if (random.below(3) == 0) remote.protocol = 6;
                if (random.below(4) == 0) remote.last_port = 443;
                const TrafficSelector local = random.below(2) == 0
                                                  ? prefix(v6 ? "::/0" : "0.0.0.0/0")
                                                  : TrafficSelector::from_prefix(sparse_prefix(random, v6));
                owned.push_back(std::make_unique<TunnelState>(
                    policy(step, {local}, {remote}, ClearPort{static_cast<std::uint16_t>(random.below(2))})));
                table.add(owned.back().get());
                model.entries.push_back({owned.back().get(), remote_prefix});
            } else if (random.below(12) == 0 && !model.entries.empty()) {
                const std::size_t which = random.below(model.entries.size());
                table.remove(model.entries[which].tunnel);
                model.entries.erase(model.entries.begin() + static_cast<std::ptrdiff_t>(which));
            }
            const InnerPacket looked_up =
                packet(sparse_address(random, v6), sparse_address(random, v6), random.below(2) == 0 ? 6 : 47, 1,
                       static_cast<std::uint16_t>(400 + random.below(100)));
            const ClearPort port{static_cast<std::uint16_t>(random.below(2))};
            INFO("seed " << seed << ", table " << table_number << ", step " << step);
            const Policy* const expected = model.find(port, looked_up);
            REQUIRE(table.find(port, looked_up) == expected);
            if (expected != nullptr) ++found;
        }
    }
    CHECK(found > 1000);
}

}  // namespace
}  // namespace esplane::dataplane
