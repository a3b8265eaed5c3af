#include "dataplane/packet/fragment_ranges.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "crypto/random.h"

namespace esplane::dataplane {
namespace {

using Fit = FragmentRanges::Fit;

struct Piece {
    std::uint32_t begin, end;
    bool last = false;
};

FragmentRanges ranges_of(const std::vector<Piece>& pieces) {
    FragmentRanges ranges;
    for (const Piece& piece : pieces) {
        REQUIRE(ranges.fit(piece.begin, piece.end, piece.last) == Fit::kApart);
        ranges.insert(piece.begin, piece.end, piece.last);
    }
    return ranges;
}

TEST_CASE("how a range fits those that are there") {
    struct Case {
        const char* name;
        Piece piece;
        Fit fit;
    };
    // [8, 16) and [24, 32), the end unknown.
    const Case open[] = {{"in front", {0, 8}, Fit::kApart},
                         {"between", {16, 24}, Fit::kApart},
                         {"behind", {32, 40}, Fit::kApart},
                         {"far behind", {65528, 65535, true}, Fit::kApart},
                         {"the same", {8, 16}, Fit::kSame},
                         {"a head", {8, 12}, Fit::kOverlap},
                         {"a tail", {12, 16}, Fit::kOverlap},
                         {"over the edge in front", {0, 9}, Fit::kOverlap},
                         {"over the edge behind", {31, 40}, Fit::kOverlap},
                         {"around one", {0, 24}, Fit::kOverlap},
                         {"around both", {0, 40}, Fit::kOverlap},
                         {"a gap and more", {16, 25}, Fit::kOverlap},
                         {"an end amid the rest", {16, 24, true}, Fit::kBeyondEnd},
                         {"the same, as an end", {24, 32, true}, Fit::kBeyondEnd},
                         {"the same, as an early end", {8, 16, true}, Fit::kBeyondEnd}};
    for (const Case& c : open) {
        INFO(c.name);
        CHECK(ranges_of({{24, 32}, {8, 16}}).fit(c.piece.begin, c.piece.end, c.piece.last) == c.fit);
    }
    // [8, 16) and [24, 32), which is the end.
    const Case ended[] = {{"in front", {0, 8}, Fit::kApart},
                          {"between", {16, 24}, Fit::kApart},
                          {"behind the end", {32, 40}, Fit::kBeyondEnd},
                          {"another end", {32, 40, true}, Fit::kBeyondEnd},
                          {"an earlier end", {16, 24, true}, Fit::kBeyondEnd},
                          {"the same end", {24, 32, true}, Fit::kSame},
                          {"the same end that is none", {24, 32}, Fit::kBeyondEnd},
                          {"the same", {8, 16}, Fit::kSame},
                          {"the same as an end", {8, 16, true}, Fit::kBeyondEnd},
                          {"a longer end", {16, 32, true}, Fit::kOverlap}};
    for (const Case& c : ended) {
        INFO(c.name << ", with its end known");
        CHECK(ranges_of({{24, 32, true}, {8, 16}}).fit(c.piece.begin, c.piece.end, c.piece.last) == c.fit);
    }
}

TEST_CASE("complete when every octet up to the end is there") {
    CHECK_FALSE(FragmentRanges().complete());
    CHECK(FragmentRanges().length() == 0);
    CHECK_FALSE(ranges_of({{0, 8}}).complete());
    CHECK_FALSE(ranges_of({{8, 11, true}}).complete());
    CHECK(ranges_of({{8, 11, true}}).length() == 11);
    CHECK(ranges_of({{8, 11, true}, {0, 8}}).complete());
    CHECK(ranges_of({{0, 65528}, {65528, 65535, true}}).length() == 65535);
}

TEST_CASE("there is room for so many and no more") {
    FragmentRanges ranges;
    for (std::uint32_t i = FragmentRanges::kMost; i > 0; --i) {
        REQUIRE(ranges.fit(i * 8, i * 8 + 8, false) == Fit::kApart);
        ranges.insert(i * 8, i * 8 + 8, false);
    }
    CHECK(ranges.fit(0, 8, false) == Fit::kFull);
    CHECK(ranges.fit(8, 16, false) == Fit::kSame);
    CHECK(ranges.fit(8, 12, false) == Fit::kOverlap);
}

TEST_CASE("random ranges against an array of octets") {
    constexpr std::uint64_t kSeed = 0x4a9e;
    constexpr std::uint32_t kOctets = 48;
    crypto::SeededRandom random(kSeed);
    for (int round = 0; round < 1500; ++round) {
        FragmentRanges ranges;
        std::string octets(kOctets + 1, '.');  // who wrote it
        std::vector<Piece> accepted;
        std::uint32_t end_at = 0;
        for (int step = 0; step < 12; ++step) {
            INFO("seed " << kSeed << ", round " << round << ", step " << step << ": " << octets);
            Piece piece{static_cast<std::uint32_t>(random.below(kOctets)), 0, random.below(4) == 0};
            piece.end =
                piece.begin + 1 + static_cast<std::uint32_t>(random.below(std::min(kOctets - piece.begin, 10U)));
            bool same = false;
            for (const Piece& other : accepted)
                same = same || (other.begin == piece.begin && other.end == piece.end && other.last == piece.last);
            bool beyond = end_at != 0 && (piece.last ? piece.end != end_at : piece.end >= end_at);
            if (end_at == 0 && piece.last) beyond = octets.find('x', piece.end - 1) != std::string::npos;
            const bool overlap = octets.substr(piece.begin, piece.end - piece.begin).find('x') != std::string::npos;
            const Fit expected = same ? Fit::kSame : beyond ? Fit::kBeyondEnd : overlap ? Fit::kOverlap : Fit::kApart;
            CHECK(ranges.fit(piece.begin, piece.end, piece.last) == expected);
            if (expected != Fit::kApart) continue;
            ranges.insert(piece.begin, piece.end, piece.last);
            accepted.push_back(piece);
            std::fill(octets.begin() + piece.begin, octets.begin() + piece.end, 'x');
            if (piece.last) end_at = piece.end;
            CHECK(ranges.complete() == (end_at != 0 && octets.substr(0, end_at).find('.') == std::string::npos));
            CHECK(ranges.length() == end_at);
            CHECK(ranges.count() == accepted.size());
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
