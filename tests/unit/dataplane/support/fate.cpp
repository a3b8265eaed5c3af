#include "tests/unit/dataplane/support/fate.h"

#include <array>
#include <catch2/catch.hpp>
#include <ostream>
#include <set>

namespace esplane::dataplane::test {
namespace {

/// A test asks often: hence no map.
class Counted {
  public:
    explicit Counted(const DropCounters& counters) : counters_(counters), before_(read()) {}

    /// What has been counted since.
    Drops since() const {
        Drops drops;
        const Counts now = read();
        if (now == before_) return drops;
        for (std::size_t i = 0; i < kDropReasonCount; ++i) {
            if (now[i] != before_[i]) drops[std::string(name(static_cast<DropReason>(i)))] = now[i] - before_[i];
        }
        return drops;
    }

  private:
    using Counts = std::array<std::uint64_t, kDropReasonCount>;

    Counts read() const {
        Counts counts;
        for (std::size_t i = 0; i < kDropReasonCount; ++i)
            counts[i] = counters_.read(static_cast<DropReason>(i));
        return counts;
    }

    const DropCounters& counters_;
    Counts before_;
};

/// Reasons for which a packet goes before anybody knows whose it is.
bool is_of_nobody(const std::string& reason) {
    static const std::set<std::string> reasons{"no_policy", "unknown_spi", "keepalive", "control_ring_full"};
    return reasons.contains(reason);
}

Fate fate_from(const std::vector<Bytes>& out, const Drops& worker, const Drops& tunnel, bool tunnel_is_known) {
    REQUIRE(out.size() + worker.size() == 1);
    if (!out.empty()) {
        REQUIRE(tunnel.empty());
        return passes_as(out.front());
    }
    const auto& [reason, count] = *worker.begin();
    INFO(reason);
    REQUIRE(count == 1);
    // A runt may be long enough to have a SPI that is known.
    const bool may_be_either = reason == "runt" && tunnel.empty();
    if (!may_be_either) REQUIRE(tunnel == (tunnel_is_known && !is_of_nobody(reason) ? worker : Drops{}));
    return dropped(reason);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Fate& fate) {
    if (!fate.reason.empty()) return out << fate.reason;
    return out << "passes as " << to_hex(fate.packet);
}

Fate fate_of(InboundRig& rig, const Bytes& datagram, Encapsulation encapsulation) {
    const Counted worker(rig.worker_drops);
    const Counted tunnel(rig.tunnel.drops);
    const std::vector<Bytes> out = rig.run({datagram}, encapsulation);
    return fate_from(out, worker.since(), tunnel.since(), true);
}

Fate fate_of(OutboundRig& rig, const Bytes& packet) {
    const Counted worker(rig.worker_drops);
    const Counted tunnel(rig.tunnel.drops);
    const std::vector<Bytes> out = rig.run({packet});
    // What is no IP packet belongs to no tunnel.
    return fate_from(out, worker.since(), tunnel.since(), !worker.since().contains("malformed_inner"));
}

void FateTable::expect(Bytes datagram, Fate fate, const char* what, std::size_t first, std::size_t second) {
    Group& group = groups_[fate.reason];
    group.datagrams.push_back(std::move(datagram));
    group.names.push_back({what, first, second});
    if (fate.reason.empty()) group.packets.push_back(std::move(fate.packet));
    if (group.datagrams.size() == kBurst) send(fate.reason, group);
}

const std::map<std::string, std::size_t>& FateTable::finish() {
    for (auto& [reason, group] : groups_)
        send(reason, group);
    return counts_;
}

void FateTable::send(const std::string& reason, Group& group) {
    if (group.datagrams.empty()) return;
    const Counted worker(rig_.worker_drops);
    const Counted tunnel(rig_.tunnel.drops);
    const std::vector<Bytes> out = rig_.run(group.datagrams);
    const Drops expected = reason.empty() ? Drops{} : Drops{{reason, group.datagrams.size()}};
    if (worker.since() != expected || out != group.packets) {
        std::string names;
        for (const Name& name : group.names)
            names +=
                std::string(name.what) + ' ' + std::to_string(name.first) + ' ' + std::to_string(name.second) + "; ";
        INFO("all of these were to have one fate, '" << reason << "': " << names);
        CHECK(worker.since() == expected);
        REQUIRE(out == group.packets);
    }
    REQUIRE(tunnel.since() == (is_of_nobody(reason) ? Drops{} : expected));
    counts_[reason] += group.datagrams.size();
    group = {};
}

}  // namespace esplane::dataplane::test
