// What rte_flow is given, item by item: as the NIC compares it with the octets of a frame.
#include "dataplane/dpdk/steering_rule.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "crypto/bytes.h"

namespace esplane::dataplane {
namespace {

std::vector<int> types_of(const SteeringRule& rule) {
    std::vector<int> types;
    for (const rte_flow_item* item = rule.pattern(); item->type != RTE_FLOW_ITEM_TYPE_END; ++item)
        types.push_back(item->type);
    return types;
}

/// The item of a type that the rule has, or a failure.
const rte_flow_item& item_of(const SteeringRule& rule, rte_flow_item_type type) {
    const rte_flow_item* item = rule.pattern();
    while (item->type != type && item->type != RTE_FLOW_ITEM_TYPE_END)
        ++item;
    REQUIRE(item->type == type);
    return *item;
}

/// The octets that a header must have: those of the mask with a bit, and in them what the rule says.
std::string match_of(const rte_flow_item& item, std::size_t length) {
    REQUIRE(item.spec != nullptr);
    REQUIRE(item.mask != nullptr);
    CHECK(item.last == nullptr);
    const auto* const spec = static_cast<const std::uint8_t*>(item.spec);
    const auto* const mask = static_cast<const std::uint8_t*>(item.mask);
    return to_hex({spec, length}) + "/" + to_hex({mask, length});
}

TEST_CASE("a rule looks for ESP of one worker, and puts it into that worker's queue") {
    for (const EspBehind& behind : {EspBehind{Family::kIpv4, false}, EspBehind{Family::kIpv6, false},
                                    EspBehind{Family::kIpv4, true}, EspBehind{Family::kIpv6, true}}) {
        for (const bool tagged : {false, true}) {
            CAPTURE(int(behind.family), behind.udp, tagged);
            const SteeringRule rule(behind, WorkerId{5}, {.natt_port = 4501, .tagged = tagged});
            std::vector<int> types = {RTE_FLOW_ITEM_TYPE_ETH};
            if (tagged) types.push_back(RTE_FLOW_ITEM_TYPE_VLAN);
            types.push_back(behind.family == Family::kIpv4 ? RTE_FLOW_ITEM_TYPE_IPV4 : RTE_FLOW_ITEM_TYPE_IPV6);
            if (behind.udp) types.push_back(RTE_FLOW_ITEM_TYPE_UDP);
            types.push_back(RTE_FLOW_ITEM_TYPE_ESP);
            CHECK(types_of(rule) == types);
            // SPI and sequence number, in network order: the last octet of the SPI names the worker.
            CHECK(match_of(item_of(rule, RTE_FLOW_ITEM_TYPE_ESP), 8) == "0000000500000000/000000ff00000000");
            if (behind.udp)  // source and destination port, length, checksum
                CHECK(match_of(item_of(rule, RTE_FLOW_ITEM_TYPE_UDP), 8) == "0000119500000000/0000ffff00000000");
            CHECK(rule.attributes().ingress == 1);
            CHECK(rule.attributes().egress == 0);
            CHECK(rule.attributes().transfer == 0);
            CHECK(rule.attributes().group == 0);
            CHECK(rule.attributes().priority == 0);
            REQUIRE(rule.actions()[0].type == RTE_FLOW_ACTION_TYPE_QUEUE);
            CHECK(static_cast<const rte_flow_action_queue*>(rule.actions()[0].conf)->index == 5);
            CHECK(rule.actions()[1].type == RTE_FLOW_ACTION_TYPE_END);
        }
    }
}

TEST_CASE("every worker has another octet of the SPI, and no SPI is two workers'") {
    for (std::size_t worker = 0; worker < kMostWorkers; ++worker) {
        const auto id = static_cast<std::uint8_t>(worker);
        const SteeringRule rule({}, WorkerId{id}, {});
        const auto& item = item_of(rule, RTE_FLOW_ITEM_TYPE_ESP);
        std::array<std::uint8_t, 4> spi{};
        std::array<std::uint8_t, 4> mask{};
        std::memcpy(spi.data(), item.spec, spi.size());
        std::memcpy(mask.data(), item.mask, mask.size());
        // A NIC compares with the mask; whoever has the whole SPI asks worker_of().
        CHECK(worker_of(Spi{0xc0ffee00U | load_be<std::uint32_t>(spi.data())}) == WorkerId{id});
        CHECK(load_be<std::uint32_t>(mask.data()) == kWorkerOfSpi);
        CHECK(static_cast<const rte_flow_action_queue*>(rule.actions()[0].conf)->index == worker);
    }
}

TEST_CASE("a rule for IPv4 leaves fragments alone where the driver lets it say so") {
    const SteeringRule sparing({Family::kIpv4, true}, WorkerId{1}, {.spares_fragments = true});
    // Neither an offset nor more fragments; DF may be.
    CHECK(match_of(item_of(sparing, RTE_FLOW_ITEM_TYPE_IPV4), 20) ==
          "0000000000000000000000000000000000000000/0000000000003fff000000000000000000000000");
    const SteeringRule other({Family::kIpv4, true}, WorkerId{1}, {.spares_fragments = false});
    CHECK(item_of(other, RTE_FLOW_ITEM_TYPE_IPV4).spec == nullptr);
    CHECK(item_of(other, RTE_FLOW_ITEM_TYPE_IPV4).mask == nullptr);
    const SteeringRule ipv6({Family::kIpv6, true}, WorkerId{1}, {.spares_fragments = true});
    CHECK(item_of(ipv6, RTE_FLOW_ITEM_TYPE_IPV6).spec == nullptr);
}

}  // namespace
}  // namespace esplane::dataplane
