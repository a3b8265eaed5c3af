#include "benchmarks/generate/replay.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "dataplane/io/transport_headers.h"

namespace esplane::bench::generate {
namespace {

constexpr std::uint32_t kLinkEthernet = 1;
constexpr std::uint32_t kLinkRaw = 101;
constexpr std::uint32_t kLinkIpv4 = 228;
constexpr std::uint32_t kLinkIpv6 = 229;

/// The IP packet without what pads the frame. Empty if it is none, or not whole.
ByteView trimmed(ByteView octets) {
    if (octets.empty()) return {};
    std::size_t length = 0;
    if (octets[0] >> 4 == 4 && octets.size() >= dataplane::kIpv4Header) {
        const std::size_t header = (octets[0] & 0x0fU) * 4U;
        length = load_be<std::uint16_t>(octets.data() + dataplane::kIpv4LengthAt);
        if (header < dataplane::kIpv4Header || length < header) return {};
    } else if (octets[0] >> 4 == 6 && octets.size() >= dataplane::kIpv6Header) {
        length = dataplane::kIpv6Header + load_be<std::uint16_t>(octets.data() + dataplane::kIpv6LengthAt);
    }
    return length <= octets.size() ? octets.first(length) : ByteView{};
}

ByteView packet_of_ethernet(ByteView frame) {
    if (frame.size() <= kEthernetHeader) return {};
    const auto type = load_be<std::uint16_t>(frame.data() + kEtherTypeAt);
    const ByteView packet = trimmed(frame.subspan(kEthernetHeader));
    const bool agrees =
        !packet.empty() && type == (packet[0] >> 4 == 4 ? dataplane::kEtherTypeIpv4 : dataplane::kEtherTypeIpv6);
    return agrees ? packet : ByteView{};
}

Bytes frame_of(ByteView packet, const EthernetEnds& ends) {
    Bytes frame(kEthernetHeader);
    std::ranges::copy(ends.destination.octets, frame.begin());
    std::ranges::copy(ends.source.octets, frame.begin() + ends.destination.octets.size());
    store_be(frame.data() + kEtherTypeAt, packet[0] >> 4 == 4 ? dataplane::kEtherTypeIpv4 : dataplane::kEtherTypeIpv6);
    append(frame, packet);
    return frame;
}

double rate_of(const Capture& capture) {
    if (capture.frames.size() < 2) return 0;
    const std::chrono::duration<double> time = capture.frames.back().time - capture.frames.front().time;
    return time.count() > 0 ? static_cast<double>(capture.frames.size() - 1) / time.count() : 0;
}

std::string content_of(ByteView packet) {
    const bool is_ipv4 = packet[0] >> 4 == 4;
    const std::size_t header = is_ipv4 ? (packet[0] & 0x0fU) * 4U : dataplane::kIpv6Header;
    Bytes content{packet[is_ipv4 ? 9 : 6]};
    append(content, is_ipv4 ? packet.subspan(12, 8) : packet.subspan(8, 32));
    append(content, packet.subspan(header));
    return {content.begin(), content.end()};
}

}  // namespace

Replay make_replay(const Capture& capture, const EthernetEnds& ends) {
    const bool is_ethernet = capture.link_type == kLinkEthernet;
    if (!is_ethernet && capture.link_type != kLinkRaw && capture.link_type != kLinkIpv4 &&
        capture.link_type != kLinkIpv6)
        throw std::runtime_error("a capture of link type " + std::to_string(capture.link_type) +
                                 ", neither Ethernet nor IP");
    Replay replay{.rate = rate_of(capture)};
    for (const CapturedFrame& captured : capture.frames) {
        if (captured.octets.size() < captured.original_length) {
            ++replay.cut;
            continue;
        }
        const ByteView packet = is_ethernet ? packet_of_ethernet(captured.octets) : trimmed(captured.octets);
        if (packet.empty()) {
            ++replay.without_ip;
        } else {
            replay.frames.push_back(frame_of(packet, ends));
        }
    }
    if (replay.frames.empty()) throw std::runtime_error("a capture without a whole IP packet");
    return replay;
}

ReplaySource::ReplaySource(const Replay& replay) : frames_(replay.frames) {
    for (const Bytes& frame : frames_)
        longest_ = std::max(longest_, static_cast<std::uint32_t>(frame.size()));
}

std::uint32_t ReplaySource::write(std::uint8_t* to, std::uint64_t) {
    const Bytes& frame = frames_[next_];
    next_ = next_ + 1 == frames_.size() ? 0 : next_ + 1;
    std::memcpy(to, frame.data(), frame.size());
    return static_cast<std::uint32_t>(frame.size());
}

ReplaySink::ReplaySink(const Replay& replay) {
    for (const Bytes& frame : replay.frames) {
        const std::string content = content_of(packet_of_ethernet(frame));
        kinds_.push_back(by_content_.try_emplace(content, by_content_.size()).first->second);
    }
    received_.resize(by_content_.size());
}

void ReplaySink::take(ByteView frame, std::uint64_t) {
    const ByteView packet = packet_of_ethernet(frame);
    const auto found = packet.empty() ? by_content_.end() : by_content_.find(content_of(packet));
    if (found == by_content_.end()) {
        ++foreign_;
    } else {
        ++received_[found->second];
    }
}

ReplayArrivals ReplaySink::arrivals(std::uint64_t sent) const {
    std::vector<std::uint64_t> sent_of(received_.size());
    for (std::size_t i = 0; i < kinds_.size(); ++i)
        sent_of[kinds_[i]] += sent / kinds_.size() + (i < sent % kinds_.size() ? 1 : 0);
    ReplayArrivals arrivals{.foreign = foreign_};
    for (std::size_t kind = 0; kind < received_.size(); ++kind) {
        const std::uint64_t received = std::min(received_[kind], sent_of[kind]);
        arrivals.received += received;
        arrivals.lost += sent_of[kind] - received;
        arrivals.duplicates += received_[kind] - received;
    }
    return arrivals;
}

nlohmann::ordered_json to_json(const std::string& file, const Course& course, const ReplayArrivals& arrivals) {
    return {{"capture", file},
            {"seconds", course.seconds},
            {"sent", course.sent},
            {"missed", course.missed},
            {"received", arrivals.received},
            {"lost", arrivals.lost},
            {"duplicates", arrivals.duplicates},
            {"foreign", arrivals.foreign}};
}

}  // namespace esplane::bench::generate
