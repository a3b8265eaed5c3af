#include "tests/oracle/stages.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "dataplane/io/buffers.h"
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"
#include "tests/oracle/outer.h"
#include "tests/unit/dataplane/support/sequence.h"

namespace esplane::oracle {
namespace {

using dataplane::Buffers;
using dataplane::ChildOptions;
using dataplane::ChildSa;
using dataplane::DatagramLimits;
using dataplane::DropCounters;
using dataplane::DropReason;
using dataplane::FragmentPorts;
using dataplane::InboundBatch;
using dataplane::InboundPacket;
using dataplane::OutboundBatch;
using dataplane::OutboundPacket;
using dataplane::Received;
using dataplane::Slot;
using dataplane::SpiTable;
using dataplane::TrafficSelector;
using dataplane::TunnelPolicy;
using dataplane::TunnelState;
using dataplane::Verdict;

ChildOptions child_options(SaOptions& options) {
    ChildOptions child{.spi_in = options.spi,
                       .spi_out = options.spi,
                       .encr = options.suite.encr,
                       .integ = options.suite.integ,
                       .key_in = options.key.clone(),
                       .key_out = std::move(options.key),
                       .esn = options.esn};
    for (const std::string& text : options.selectors) {
        const auto prefix = Prefix::parse(text);
        if (!prefix) throw std::runtime_error("not a prefix: " + text);
        child.selectors.local.push_back(TrafficSelector::from_prefix(*prefix));
    }
    child.selectors.remote = child.selectors.local;
    child.encapsulation = options.encapsulation;
    child.outer = options.path;
    return child;
}

/// A tunnel that takes packets of any length.
TunnelPolicy policy_of(const ChildSa& child) {
    TunnelPolicy policy;
    policy.policies = {child.selectors};
    policy.mtu_bytes = dataplane::kLargestMtu;
    return policy;
}

/// One CHILD_SA that has already sent and received all before `first`.
struct Sa {
    explicit Sa(SaOptions options) : child(child_options(options)), tunnel(policy_of(child)) {
        if (!child.join(tunnel)) throw std::logic_error("the tunnel has no policy for its SA");
        child.out.sequence = dataplane::test::sequence_after(options.first - 1, options.esn);
        if (options.first > 1) child.in.window.commit(options.first - 1);
        table.insert(child.in.spi, &child);
        for (std::size_t i = 0; i < dataplane::kBurst; ++i)
            slots.push_back({.octets = buffers.at(i), .capacity = Buffers::kCapacity});
    }

    ChildSa child;
    TunnelState tunnel;
    FragmentPorts fragments{DatagramLimits{}};
    SpiTable table;
    crypto::EspCipher cipher;
    Buffers buffers;
    std::vector<Slot> slots;
};

std::string names(const DropCounters& drops) {
    std::string joined;
    for (std::size_t i = 0; i < dataplane::kDropReasonCount; ++i) {
        const auto reason = static_cast<DropReason>(i);
        if (drops.read(reason) != 0) joined += (joined.empty() ? "" : "|") + std::string(name(reason));
    }
    return joined;
}

void seal_batch(OutboundBatch& batch, Sa& sa, DropCounters& drops) {
    // The lookup of a policy has no part in what stands on the wire.
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        if (!dataplane::parse_inner(packet.received->octets, packet.inner)) return DropReason::kMalformedInner;
        packet.tunnel = &sa.tunnel;
        packet.child = &sa.child;
        return std::nullopt;
    });
    encapsulate(batch, sa.slots, drops);
    seal(batch, sa.cipher, drops);
}

void open_batch(InboundBatch& batch, Sa& sa, DropCounters& drops) {
    classify(batch, drops, [](const Received&, ByteView) { return false; });
    look_up_sa(batch, sa.table, drops, [](const Received&) { return false; });
    check_replay(batch, drops);
    open(batch, sa.slots, sa.cipher, drops, [](const InboundPacket&) {});
    strip_trailer(batch, drops);
    check_selectors(batch, {{}, sa.fragments}, drops);
}

/// All `received` through `stages`, in batches; `finish` makes a packet of each slot that was filled.
template <typename Batch, typename Stages, typename Finish>
Outcome run(std::vector<Received>& received, std::size_t batch_size, Stages stages, Finish finish) {
    Outcome outcome;
    Batch batch;
    for (std::size_t first = 0; first < received.size(); first += batch_size) {
        const std::size_t end = std::min(first + batch_size, received.size());
        DropCounters drops;
        std::set<std::size_t> gone;
        batch.clear();
        for (std::size_t i = first; i < end; ++i) {
            batch.add().received = &received[i];
            gone.insert(i);
        }
        stages(batch, drops);
        for (const auto& packet : batch.packets()) {
            gone.erase(static_cast<std::size_t>(packet.received - received.data()));
            outcome.packets.push_back(finish(packet.slot));
        }
        for (const std::size_t index : gone)
            outcome.refused[index] = names(drops);
    }
    return outcome;
}

ByteView filled(const Slot& slot) {
    return {slot.octets, slot.length};
}

}  // namespace

Outcome seal_all(SaOptions options, const std::vector<Bytes>& packets) {
    const std::size_t batch_size = options.batch;
    Sa sa(std::move(options));
    std::vector<Bytes> memory = packets;
    std::vector<Received> received;
    for (Bytes& packet : memory) {
        packet.resize(packet.size() + dataplane::kTailroom);
        received.push_back({.octets = MutableByteView(packet).first(packet.size() - dataplane::kTailroom)});
    }
    return run<OutboundBatch>(
        received, batch_size, [&](OutboundBatch& batch, DropCounters& drops) { seal_batch(batch, sa, drops); },
        [](const Slot& slot) { return wrap(slot.outer->path, slot.outer->encapsulation, filled(slot)); });
}

Outcome open_all(SaOptions options, const std::vector<Bytes>& packets) {
    const std::size_t batch_size = options.batch;
    Sa sa(std::move(options));
    std::vector<Unwrapped> memory;
    std::vector<Received> received;
    memory.reserve(packets.size());
    for (const Bytes& packet : packets) {
        auto outer = unwrap(packet);
        if (!outer) throw std::runtime_error("an outer packet holds neither ESP nor UDP: " + to_hex(packet));
        memory.push_back(std::move(*outer));
        received.push_back({.octets = memory.back().payload,
                            .outer = memory.back().path,
                            .encapsulation = memory.back().encapsulation});
    }
    return run<InboundBatch>(
        received, batch_size, [&](InboundBatch& batch, DropCounters& drops) { open_batch(batch, sa, drops); },
        [](const Slot& slot) { return to_bytes(filled(slot)); });
}

}  // namespace esplane::oracle
