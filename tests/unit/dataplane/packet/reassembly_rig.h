// Fragments given to a Reassembly, and the fate of each in a word.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "dataplane/packet/reassembly.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane::test {

inline constexpr Family kFamilies[] = {Family::kIpv4, Family::kIpv6};
inline constexpr std::uint32_t kScope = 1;

/// A packet's fate in a word, and what came of it.
struct Fate {
    std::string what;  // "whole", "held" or the name of the reason
    Bytes datagram;
};

class Rig {
  public:
    explicit Rig(const ReassemblyOptions& options = {.limits = {.datagrams = 64}, .memory_bytes = 1 << 18})
        : reassembly(options) {}

    Fate add(ByteView packet, TimePoint now = after({}), std::uint32_t scope = kScope) {
        const Exactly exact(packet);
        const auto outcome = reassembly.add(exact.view(), scope, now);
        if (outcome.drop) {
            CHECK(outcome.datagram.empty());
            return {std::string(kReassemblyDropNames[static_cast<std::size_t>(*outcome.drop)]), {}};
        }
        return {outcome.datagram.empty() ? "held" : "whole", to_bytes(outcome.datagram)};
    }
    std::uint64_t dropped(ReassemblyDrop reason) const { return reassembly.dropped(reason); }
    std::uint64_t dropped() const {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < kReassemblyDropCount; ++i)
            sum += reassembly.dropped(static_cast<ReassemblyDrop>(i));
        return sum;
    }

    Reassembly reassembly;
};

/// Octets [begin, end) of the data as a fragment.
inline Bytes slice(Family family, ByteView data, std::size_t begin, std::size_t end, std::uint32_t identification = 1) {
    return fragment(
        family,
        {.offset = static_cast<std::uint32_t>(begin), .more = end < data.size(), .identification = identification},
        data.subspan(begin, end - begin));
}

inline Bytes whole_of(Family family, ByteView data, std::uint32_t identification = 1) {
    if (family == Family::kIpv4) return ipv4_fragment({.identification = identification}, data);
    return ipv6(kV6, kV6Peer, kGre, data);
}

}  // namespace esplane::dataplane::test
