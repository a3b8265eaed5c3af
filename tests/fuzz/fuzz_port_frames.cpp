// Any frames that a port on both sides may receive: what is found lies within them, packets from fragments are such
// that their kind can be told, and what the gateway says of packets that it cannot pass on is a message that it would
// not answer.
#include <algorithm>
#include <cstdlib>

#include "dataplane/link/frame_kind.h"
#include "dataplane/link/router_errors.h"
#include "dataplane/packet/reassembly.h"

using namespace esplane;             // NOLINT(google-build-using-namespace)
using namespace esplane::dataplane;  // NOLINT(google-build-using-namespace)

namespace {

constexpr MacAddress kOurMac{{0x02, 0, 0, 0, 0, 0x01}};

void hold(bool what) {
    if (!what) std::abort();
}

std::vector<PortSetup> ports() {
    PortSetup port{.mac = kOurMac};
    port.addresses = {{*IpAddress::parse("192.0.2.1"), 24}, {*IpAddress::parse("2001:db8::1"), 64}};
    return {port};
}

class Bench {
  public:
    void receive(ByteView frame, std::chrono::milliseconds later) {
        now_ += later;
        // In a block of its own size, with the room in front that messages take.
        Bytes block(kLongestIcmpErrorHeaders + frame.size());
        std::copy(frame.begin(), frame.end(), block.begin() + kLongestIcmpErrorHeaders);
        const MutableByteView octets = MutableByteView(block).subspan(kLongestIcmpErrorHeaders);
        const FrameKind kind = kind_of(octets, ports_[0], {}, true);
        hold(std::size_t{kind.begin} + kind.length <= octets.size());
        const MutableByteView packet = octets.subspan(kind.begin, kind.length);
        if (kind.contents == FrameContents::kFragment) gather(packet);
        if (kind.contents == FrameContents::kPacket) refuse(packet);
    }

  private:
    void gather(MutableByteView fragment) {
        const auto outcome = reassembly_.add(fragment, 0, now_);
        hold(outcome.datagram.empty() || !outcome.drop);
        hold(reassembly_.datagrams() <= kDatagrams);
        if (outcome.datagram.empty()) return;
        const FrameKind kind = kind_of_whole(outcome.datagram, ports_[0], {});
        hold(kind.contents != FrameContents::kFragment && kind.contents != FrameContents::kPacket);
        hold(std::size_t{kind.begin} + kind.length <= outcome.datagram.size());
    }
    void refuse(MutableByteView packet) {
        const Bytes before = to_bytes(packet);
        const bool is_long = packet.size() % 2 == 1;
        const MutableByteView message =
            is_long ? errors_.too_big(packet, ports_[0], now_) : errors_.time_exceeded(packet, ports_[0], now_);
        if (message.empty()) return hold(to_bytes(packet) == before);
        const auto inner = parse_inner(message);
        hold(inner && inner->length == message.size() && message.size() <= kLongestIcmpError);
        hold(ports_[0].has(inner->source) && inner->destination == parse_inner(before)->source);
        hold(!may_answer_with_error(*inner, message));
    }

    static constexpr std::uint32_t kDatagrams = 4;

    TimePoint now_{std::chrono::hours(1)};
    std::vector<PortSetup> ports_ = ports();
    Reassembly reassembly_{
        {.limits = {.datagrams = kDatagrams, .per_source = 2, .timeout = std::chrono::seconds(2)}, .memory_bytes = 1}};
    RouterErrors errors_{ports_};
};

}  // namespace

/// Frames, each behind an octet for the time that has gone by and one for its length.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bench bench;
    ByteView rest(data, size);
    while (rest.size() >= 2) {
        const std::chrono::milliseconds later(rest[0] * 10);
        const std::size_t length = std::min<std::size_t>(rest[1], rest.size() - 2);
        bench.receive(rest.subspan(2, length), later);
        rest = rest.subspan(2 + length);
    }
    return 0;
}
