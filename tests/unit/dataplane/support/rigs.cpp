#include "tests/unit/dataplane/support/rigs.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane::test {
namespace {

std::vector<Slot> lend(const Buffers& buffers, std::size_t count) {
    std::vector<Slot> slots(count);
    for (std::size_t i = 0; i < slots.size(); ++i)
        slots[i] = {.octets = buffers.at(i), .capacity = Buffers::kCapacity};
    return slots;
}

Bytes octets_of(const Slot& slot) {
    return {slot.octets, slot.octets + slot.length};
}

}  // namespace

Drops drops_of(const DropCounters& counters) {
    Drops drops;
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
        const auto reason = static_cast<DropReason>(i);
        if (const auto count = counters.read(reason); count != 0) drops[std::string(name(reason))] = count;
    }
    return drops;
}

OutboundRig::OutboundRig(ChildOptions options, TunnelPolicy policy)
    : tunnel(std::move(policy)), child(std::move(options)) {
    REQUIRE(child.join(tunnel));
    tunnel.policies[0].sending = &child;
    policies.add(&tunnel);
}

std::vector<Bytes> OutboundRig::run(const std::vector<Bytes>& packets, ClearPort from) {
    // Each in a block of its own with exactly the tailroom of the contract, so that a sanitizer sees a step beyond.
    std::vector<Bytes> memory;
    std::vector<Received> received;
    for (const Bytes& packet : packets) {
        memory.push_back(packet);
        memory.back().resize(packet.size() + kTailroom, 0xee);
        received.push_back({.octets = MutableByteView(memory.back()).first(packet.size()), .port = from});
    }
    return run(received);
}

std::vector<Bytes> OutboundRig::run(std::span<Received> received) {
    REQUIRE(received.size() <= kBurst);
    batch_.clear();
    for (Received& one : received)
        batch_.add().received = &one;
    policy_lookup(batch_, policies, {now, fragments_}, worker_drops, [this](Policy&) { ++wanted; });
    clamp_mss(batch_);
    fitting.sort(batch_, worker_drops);
    std::vector<Bytes> out;
    sealed.clear();
    do {
        encapsulate(batch_, lend(buffers_, batch_.size()), worker_drops);
        seal(batch_, cipher_, worker_drops);
        for (const OutboundPacket& packet : batch_.packets()) {
            sealed.push_back(packet.slot);
            out.push_back(octets_of(packet.slot));
        }
    } while (fitting.next_fragments(batch_, worker_drops));
    return out;
}

InboundRig::InboundRig(ChildOptions options, TunnelPolicy policy)
    : tunnel(std::move(policy)), child(std::move(options)) {
    REQUIRE(child.join(tunnel));
    REQUIRE(table.insert(child.in.spi, &child));
}

std::vector<Bytes> InboundRig::run(const std::vector<Bytes>& datagrams, Encapsulation encapsulation) {
    REQUIRE(datagrams.size() <= kBurst);
    std::vector<Bytes> memory(datagrams);
    std::vector<Received> received;
    received.reserve(memory.size());
    for (Bytes& datagram : memory)
        received.push_back({.octets = datagram,
                            .outer = child.out.outer.path,
                            .encapsulation = encapsulation,
                            .traffic_class = traffic_class});
    batch_.clear();
    for (const Received& one : received)
        batch_.add().received = &one;
    const auto punt = [this](const Received&, ByteView ike) {
        if (punt_has_room) punted.push_back(to_bytes(ike));
        return punt_has_room;
    };
    classify(batch_, worker_drops, punt);
    look_up_sa(batch_, table, worker_drops, [this](const Received&) {
        if (keeps_early) ++early;
        return keeps_early;
    });
    check_replay(batch_, worker_drops);
    open(batch_, lend(buffers_, datagrams.size()), cipher_, worker_drops,
         [this](const InboundPacket& packet) { accepted.push_back(packet.sequence); });
    strip_trailer(batch_, worker_drops);
    check_selectors(batch_, {now, fragments_}, worker_drops);
    carry_congestion(batch_, worker_drops);
    clamp_mss(batch_);
    std::vector<Bytes> out;
    ports.clear();
    for (const InboundPacket& packet : batch_.packets()) {
        ports.push_back(packet.slot.port);
        out.push_back(octets_of(packet.slot));
    }
    return out;
}

}  // namespace esplane::dataplane::test
