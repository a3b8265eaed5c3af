// Any frames that a port may receive, and the table that they fill: a reply is a frame of ours and stays within its
// room, the table within its bounds, and nobody becomes our neighbour under an address of ours.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "dataplane/link/responder.h"

using namespace esplane;             // NOLINT(google-build-using-namespace)
using namespace esplane::dataplane;  // NOLINT(google-build-using-namespace)

namespace {

constexpr PortNumber kPort{1};
constexpr MacAddress kOurMac{{0x02, 0, 0, 0, 0, 0x01}};
constexpr std::uint32_t kEntries = 4;

void hold(bool what) {
    if (!what) std::abort();
}

std::vector<PortAddress> addresses() {
    return {{*IpAddress::parse("192.0.2.1"), 24}, {*IpAddress::parse("2001:db8::1"), 64}};
}

/// Those that the seeds speak of.
std::array<IpAddress, 2> peers() {
    return {*IpAddress::parse("192.0.2.2"), *IpAddress::parse("2001:db8::2")};
}

class Bench {
  public:
    explicit Bench(bool tagged)
        : vlan_(tagged ? std::optional<std::uint16_t>(7) : std::nullopt),
          responder_(kPort, kOurMac, {.addresses = addresses(), .vlan = vlan_}, table_) {}

    void receive(ByteView frame, std::chrono::milliseconds later) {
        now_ += later;
        const std::size_t room = std::max(frame.size(), kLongestLinkFrame);
        Bytes memory(frame.begin(), frame.end());
        memory.resize(room);
        const auto outcome = responder_.handle(MutableByteView(memory).first(frame.size()), room, now_);
        if (outcome.verdict == LinkResponder::Verdict::kReply) check_reply(ByteView(memory).first(outcome.length));
        look_for_peers();
        check_table();
    }

  private:
    void check_reply(ByteView reply) const {
        const auto header = parse_ethernet(reply);
        hold(header && header->source == kOurMac && header->vlan == vlan_);
        hold(reply.size() >= header->length + kLeastEthernetPayload);
        if (header->type != kEtherTypeArp) return;
        const auto packet = parse_arp(reply.subspan(header->length));
        hold(packet && packet->sender_mac == kOurMac && packet->operation == ArpOperation::kReply);
    }
    void look_for_peers() {
        for (const IpAddress& peer : peers()) {
            if (table_.find(kPort, peer)) continue;
            std::array<std::uint8_t, kLongestLinkFrame> question;
            if (table_.want(kPort, peer, now_) == NeighbourTable::Step::kAsk)
                hold(responder_.write_question(peer, std::nullopt, question.data()) > 0);
        }
        (void)table_.next_question(now_);
    }
    void check_table() const {
        const NeighbourStatistics statistics = table_.statistics();
        hold(statistics.entries <= kEntries && statistics.resolved <= statistics.entries);
        for (const PortAddress& own : addresses())
            hold(!table_.find(kPort, own.address));
        for (const IpAddress& peer : peers()) {
            const auto mac = table_.find(kPort, peer);
            hold(!mac || mac->is_station());
        }
    }

    TimePoint now_{std::chrono::hours(1)};
    std::optional<std::uint16_t> vlan_;
    NeighbourTable table_{NeighbourLimits{.entries = kEntries}};
    LinkResponder responder_;
};

}  // namespace

/// An octet of flags; then frames, each behind an octet for the time that has gone by and one for its length.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    Bench bench((data[0] & 1) != 0);
    ByteView rest(data + 1, size - 1);
    while (rest.size() >= 2) {
        const std::chrono::milliseconds later(rest[0] * 40);
        const std::size_t length = std::min<std::size_t>(rest[1], rest.size() - 2);
        bench.receive(rest.subspan(2, length), later);
        rest = rest.subspan(2 + length);
    }
    return 0;
}
