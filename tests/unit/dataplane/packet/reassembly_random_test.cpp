// Fragments at random, against what was sent and against an array of octets.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "crypto/random.h"
#include "dataplane/packet/fragment.h"
#include "tests/unit/dataplane/packet/reassembly_rig.h"

namespace esplane::dataplane {
namespace {

using std::chrono::seconds;
using test::after;
using test::Fate;
using test::Rig;
using test::whole_of;

TEST_CASE("fragments lost, doubled and in any order: what becomes whole is the original, and each packet is counted") {
    constexpr std::uint64_t kSeed = 0x4ea5;
    crypto::SeededRandom random(kSeed);
    for (int round = 0; round < 60; ++round) {
        INFO("seed " << kSeed << ", round " << round);
        struct Wire {
            Bytes packet;
            std::size_t datagram;
        };
        std::vector<Bytes> originals;
        std::vector<std::set<Bytes>> arrived;
        std::vector<std::set<Bytes>> sent;
        std::vector<Wire> wire;
        for (std::size_t d = 0; d < 6; ++d) {
            const auto id = static_cast<std::uint32_t>(d + 1);
            originals.push_back(test::ipv4_fragment({.identification = id}, random.bytes(1 + random.below(9000))));
            sent.emplace_back();
            arrived.emplace_back();
            const auto mtu = static_cast<std::uint32_t>(300 + random.below(1200));
            auto pieces = Ipv4Fragmenter::start(originals.back(), {.mtu_bytes = mtu});
            REQUIRE(pieces.ok());
            while (const auto piece = pieces->next()) {
                Bytes packet(piece->length());
                piece->write(packet);
                sent[d].insert(packet);
                const std::size_t copies = random.below(40) == 0 ? 0U : random.below(10) == 0 ? 2U : 1U;
                for (std::size_t i = 0; i < copies; ++i)
                    wire.insert(wire.begin() + static_cast<std::ptrdiff_t>(random.below(wire.size() + 1)), {packet, d});
            }
        }
        Rig rig;
        std::uint64_t in_wholes = 0;
        std::uint64_t duplicates = 0;
        for (const Wire& one : wire) {
            const bool fresh = arrived[one.datagram].insert(one.packet).second;
            const Fate fate = rig.add(one.packet);
            const bool complete = arrived[one.datagram] == sent[one.datagram];
            CHECK(fate.what == (!fresh ? "duplicate" : complete ? "whole" : "held"));
            duplicates += fresh ? 0 : 1;
            if (!complete) continue;
            CHECK(fate.datagram == originals[one.datagram]);
            in_wholes += sent[one.datagram].size();
            arrived[one.datagram].clear();
        }
        CHECK(rig.dropped() == duplicates);
        rig.reassembly.expire(after(seconds(30)));
        CHECK(rig.dropped() + in_wholes == wire.size());
        CHECK(rig.reassembly.datagrams() == 0);
    }
}

/// A datagram as an array of octets, each written at most once.
class ArrayOracle {
  public:
    /// What becomes of [begin, end).
    std::string add(std::uint32_t begin, ByteView data, bool last) {
        const auto end = static_cast<std::uint32_t>(begin + data.size());
        if (refused_) return "overlap or malformed";
        if (pieces_.contains({begin, end, last})) {
            if (std::equal(data.begin(), data.end(), octets_.begin() + begin)) return "duplicate";
        } else if (!(end_ != 0 && (last ? end != end_ : end >= end_)) && !(last && end_ == 0 && reaches(end)) &&
                   std::none_of(written_.begin() + begin, written_.begin() + end, [](bool there) { return there; })) {
            std::copy(data.begin(), data.end(), octets_.begin() + begin);
            std::fill(written_.begin() + begin, written_.begin() + end, true);
            pieces_.insert({begin, end, last});
            if (last) end_ = end;
            return end_ != 0 && std::count(written_.begin(), written_.end(), true) == std::ptrdiff_t{end_} ? "whole"
                                                                                                           : "held";
        }
        refused_ = true;
        return "overlap or malformed";
    }
    Bytes data() const { return {octets_.begin(), octets_.begin() + end_}; }

  private:
    static constexpr std::size_t kMost = 512;
    bool reaches(std::uint32_t end) const {
        return std::find(written_.begin() + end - 1, written_.end(), true) != written_.end();
    }
    std::vector<std::uint8_t> octets_ = std::vector<std::uint8_t>(kMost);
    std::vector<bool> written_ = std::vector<bool>(kMost);
    std::set<std::tuple<std::uint32_t, std::uint32_t, bool>> pieces_;
    std::uint32_t end_ = 0;
    bool refused_ = false;
};

TEST_CASE("random fragments that may overlap and contradict each other, against an array of octets") {
    constexpr std::uint64_t kSeed = 0x0e41a9;
    crypto::SeededRandom random(kSeed);
    const Bytes truth = random.bytes(512);
    Rig rig;
    int wholes = 0;
    for (std::uint32_t round = 0; round < 800; ++round) {
        ArrayOracle oracle;
        const std::uint64_t units = 2 + random.below(5);
        for (int step = 0; step < 16; ++step) {
            const auto begin = static_cast<std::uint32_t>(random.below(units) * 8);
            // Mostly slices of one truth with one end; now and then something else.
            const std::size_t rest = units * 8 - begin;
            std::size_t length = std::min<std::size_t>(8, rest);
            if (random.below(12) == 0) length = (1 + random.below(3)) * 8;
            bool last = begin + length == units * 8;
            if (random.below(30) == 0) last = !last;
            Bytes data(truth.begin() + begin, truth.begin() + static_cast<std::ptrdiff_t>(begin + length));
            if (random.below(40) == 0) data[random.below(data.size())] ^= 1;
            if (begin == 0 && last) continue;  // not a fragment
            INFO("seed " << kSeed << ", round " << round << ", step " << step << ": " << begin << "+" << length
                         << last);
            const Fate fate =
                rig.add(test::ipv6_fragment({.offset = begin, .more = !last, .identification = round}, data));
            const std::string expected = oracle.add(begin, data, last);
            const bool bad = fate.what == "overlap" || fate.what == "malformed";
            CHECK((bad ? "overlap or malformed" : fate.what) == expected);
            if (fate.what != "whole") continue;
            CHECK(fate.datagram == whole_of(Family::kIpv6, oracle.data()));
            ++wholes;
            break;
        }
    }
    CHECK(wholes > 100);
}

}  // namespace
}  // namespace esplane::dataplane
