#include "dataplane/sa/selector.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

/// The prefix that spans exactly this range, if one does.
std::optional<Prefix> as_prefix(const IpAddress& first, const IpAddress& last) {
    for (int length = 0; length <= first.bits(); ++length) {
        const Prefix candidate{first, static_cast<std::uint8_t>(length)};
        if (candidate.last() == last && Prefix::parse(candidate.to_string())) return candidate;
    }
    return std::nullopt;
}

std::string protocol_name(std::uint8_t protocol) {
    switch (protocol) {
        case 0:
            return "any";
        case 1:
            return "icmp";
        case 6:
            return "tcp";
        case 17:
            return "udp";
        case 58:
            return "icmpv6";
        case 132:
            return "sctp";
        default:
            return std::to_string(protocol);
    }
}

}  // namespace

TrafficSelector TrafficSelector::from_prefix(const Prefix& prefix) {
    return {.first = prefix.first(), .last = prefix.last()};
}

bool TrafficSelector::contains(const TrafficSelector& other) const {
    return intersect(other) == other;
}

std::optional<TrafficSelector> TrafficSelector::intersect(const TrafficSelector& other) const {
    if (first.family() != other.first.family()) return std::nullopt;
    if (protocol != 0 && other.protocol != 0 && protocol != other.protocol) return std::nullopt;
    const TrafficSelector common{.first = std::max(first, other.first),
                                 .last = std::min(last, other.last),
                                 .protocol = protocol != 0 ? protocol : other.protocol,
                                 .first_port = std::max(first_port, other.first_port),
                                 .last_port = std::min(last_port, other.last_port)};
    if (common.last < common.first || common.last_port < common.first_port) return std::nullopt;
    return common;
}

std::string TrafficSelector::to_string() const {
    const auto prefix = as_prefix(first, last);
    std::string text = prefix ? prefix->to_string() : first.to_string() + "-" + last.to_string();
    if (protocol == 0 && any_port()) return text;
    text += "[" + protocol_name(protocol);
    if (!any_port()) {
        text += "/" + std::to_string(first_port);
        if (last_port != first_port) text += "-" + std::to_string(last_port);
    }
    return text + "]";
}

std::string to_string(const std::vector<TrafficSelector>& selectors) {
    std::string text;
    for (const TrafficSelector& selector : selectors) {
        if (!text.empty()) text += ", ";
        text += selector.to_string();
    }
    return text;
}

}  // namespace esplane::dataplane
