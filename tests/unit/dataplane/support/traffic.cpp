#include "tests/unit/dataplane/support/traffic.h"

namespace esplane::dataplane::test {

Traffic::Traffic(crypto::Random& random) : random_(random) {
    for (std::uint8_t i = 0; i < 6; ++i) {
        Segment flow{.v6 = i % 3 == 2, .tcp = i % 2 == 0, .host = i, .dont_fragment = i < 4, .sequence = 0xffff0000};
        if (i == 4) flow.options = Bytes(12, 1);
        flows_.push_back(flow);
    }
}

Bytes Traffic::next() {
    Segment& flow = flows_[random_.below(4) == 0 ? random_.below(flows_.size()) : current_];
    if (random_.below(8) == 0) current_ = random_.below(flows_.size());
    flow.payload = random_.bytes(random_.below(10) == 0 ? random_.below(200) : 200);
    Segment sent = flow;
    if (random_.below(12) == 0) sent.flags |= static_cast<std::uint8_t>(1U << random_.below(8));
    if (random_.below(20) == 0) sent.traffic_class = 3;
    if (random_.below(20) == 0) sent.ttl = 63;
    flow.sequence += static_cast<std::uint32_t>(flow.payload.size());
    flow.id += 1;
    Bytes packet = build(sent);
    if (random_.below(25) == 0) packet[random_.below(packet.size())] ^= 1;
    if (random_.below(40) == 0) packet.resize(random_.below(packet.size() + 1));
    return packet;
}

Bytes flow_of(const Bytes& packet) {
    const bool v4 = !packet.empty() && packet[0] >> 4 == 4;
    if (packet.size() < (v4 ? 24U : 44U)) return {};
    const ByteView view(packet);
    Bytes key = to_bytes(v4 ? view.subspan(12, 12) : view.subspan(8, 36));
    key.push_back(packet[v4 ? 9 : 6]);
    return key;
}

Bytes without_id(Bytes packet) {
    if (packet.size() < 20 || packet[0] != 0x45 || (packet[6] & 0x40) == 0) return packet;
    if (fold(weigh(ByteView(packet).first(20))) != 0xffff) return packet;
    packet[4] = packet[5] = packet[10] = packet[11] = 0;
    return packet;
}

std::map<Bytes, std::vector<Bytes>> by_flow(const std::vector<Bytes>& packets) {
    std::map<Bytes, std::vector<Bytes>> flows;
    for (const Bytes& packet : packets)
        flows[flow_of(packet)].push_back(without_id(packet));
    return flows;
}

}  // namespace esplane::dataplane::test
