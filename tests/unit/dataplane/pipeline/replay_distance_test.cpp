// Packets that come again, or late, at every distance behind the newest: against a set of the numbers seen.
#include <catch2/catch.hpp>

#include "dataplane/sa/replay_window.h"
#include "tests/unit/dataplane/support/fate.h"
#include "tests/unit/dataplane/support/replay_model.h"
#include "tests/unit/dataplane/support/suite_peer.h"

namespace esplane::dataplane {
namespace {

using test::fate_of;
using test::InboundRig;
using test::ReplayModel;
using test::Suite;
using test::SuitePeer;

constexpr std::uint64_t kTwo32 = std::uint64_t{1} << 32;

struct Start {
    bool esn;
    std::uint64_t top;  ///< the newest number
};

/// Where a window of this width has its edges: the beginning, the end, and each place of a wrap in it.
std::vector<Start> starts(std::uint64_t width) {
    std::vector<Start> all;
    for (const std::uint64_t top : {std::uint64_t{1}, width / 2 + 1, width + 1, 5 * width + 77}) {
        all.push_back({false, top});
        if (width != 0) all.push_back({true, top});
    }
    all.push_back({false, kTwo32 - 1});
    // ESN without a window has no number to infer from.
    if (width == 0) return all;
    for (const std::uint64_t base : {kTwo32, 7 * kTwo32, 0xffffffff * kTwo32}) {
        for (const std::uint64_t top :
             {base - 1, base, base + width / 2, base + width - 1, base + width, base + 2 * width + 3})
            all.push_back({true, top});
    }
    return all;
}

/// From far ahead of the newest to beyond twice the window behind it.
std::vector<std::int64_t> distances(std::int64_t width, std::int64_t stride) {
    std::vector<std::int64_t> all;
    for (std::int64_t distance = -2; distance <= 2 * width + 70; ++distance) {
        const bool is_at_edge = distance < 3 || std::abs(distance - width) < 3 || std::abs(distance - 2 * width) < 3;
        if (is_at_edge || distance % stride == 0) all.push_back(distance);
    }
    return all;
}

std::string described(std::uint32_t width, const Start& start, std::int64_t distance) {
    return "window " + std::to_string(width) + (start.esn ? ", ESN" : "") + ", newest " + std::to_string(start.top) +
           ", " + std::to_string(distance) + " behind it";
}

/// Whether there is such a number at all.
bool exists(const Start& start, std::int64_t distance) {
    if (distance >= 0) return static_cast<std::uint64_t>(distance) <= start.top;
    return start.top - distance < kTwo32 || (start.esn && start.top < start.top - distance);
}

TEST_CASE("the window alone, every distance, against a set") {
    for (const std::uint32_t width : {0U, 32U, 64U, 1024U, 65536U}) {
        for (const Start& start : starts(width)) {
            // Of the widest, at most starts, a part: it would take longer than all others together.
            const bool in_full = width < 65536 || (start.esn && start.top == kTwo32 + width / 2) ||
                                 (!start.esn && start.top == kTwo32 - 1);
            ReplayWindow window(width, start.esn);
            ReplayModel model(width, start.esn);
            const auto agree = [&](std::uint64_t number) {
                const auto low = static_cast<std::uint32_t>(number);
                const auto taken = window.infer(low);
                if (taken != model.taken_for(low)) return false;
                if (!taken) return true;
                const bool acceptable = model.acceptable(*taken);
                if (window.check(*taken) != acceptable) return false;
                // Only the number that the packet was sent with verifies.
                if (*taken != number) return true;
                if (acceptable) model.accept(number);
                return window.commit(number) == acceptable;
            };
            // What a loss has left of the window, a third: the rest comes late.
            auto all = distances(width, in_full ? 1 : 61);
            std::erase_if(all, [&](std::int64_t distance) { return !exists(start, distance); });
            bool agreed = true;
            for (auto i = all.rbegin(); i != all.rend(); ++i) {
                if (*i < 0 || (*i % 3 != 0 && *i % 64 > 3)) continue;
                const std::uint64_t number = start.top - *i;
                if (number == 0) continue;
                agreed = agreed && window.commit(number) == model.acceptable(number);
                model.accept(number);
            }
            INFO(described(width, start, 0));
            REQUIRE(agreed);
            for (const int round : {1, 2}) {
                for (const std::int64_t distance : all) {
                    if (agree(start.top - distance)) continue;
                    INFO("round " << round << ", " << described(width, start, distance));
                    REQUIRE(false);
                }
            }
        }
    }
}

TEST_CASE("a full window jumps ahead: what was seen stays seen where it is still inside, and nothing else is") {
    for (const std::uint32_t width : {32U, 64U, 1024U, 65536U}) {
        for (const std::uint64_t base : {std::uint64_t{0}, kTwo32 - width}) {
            for (const std::uint64_t jump : std::initializer_list<std::uint64_t>{
                     1, 31, 32, 63, 64, 65, 127, 128, width - 1, width, width + 1, width + 63, 2 * width - 1, 2 * width,
                     3 * width + 17, 100 * width, kTwo32 / 2}) {
                ReplayWindow window(width, true);
                const std::uint64_t full = base + 2 * width;
                if (base != 0) REQUIRE(window.commit(base));
                // Of the widest, only what is around: the words behind that are cleared in one go.
                const std::uint64_t first = width == 65536 ? full - 2000 : base + 1;
                bool right = true;
                for (std::uint64_t number = first; number <= full; ++number)
                    right = right && window.commit(number);
                const std::uint64_t top = full + jump;
                right = right && window.commit(top);
                const std::uint64_t bottom = top - width + 1;
                const std::uint64_t step = width == 65536 ? 13 : 1;
                for (std::uint64_t number = bottom - 3; number <= top + 3; number += step) {
                    const bool seen = number == top || (number >= first && number <= full);
                    right = right && window.check(number) == (number >= bottom && !seen);
                }
                INFO("window " << width << ", full up to " << full << ", " << jump << " ahead");
                REQUIRE(right);
            }
        }
    }
}

TEST_CASE("the whole pipeline: first, late and again at every distance") {
    struct Width {
        std::uint32_t packets;
        std::int64_t stride;
    };
    const Suite suite = test::suite_of_each_kind().front();
    for (const Width width : {Width{0, 1}, {32, 1}, {64, 7}, {1024, 257}, {65536, 17'077}}) {
        for (const Start& start : starts(width.packets)) {
            // No different from the first wrap.
            if (start.top / kTwo32 == 7 || start.top / kTwo32 == 6) continue;
            const ChildOptions options = test::child_options_of(suite, start.esn, width.packets);
            const SuitePeer peer(suite, options);
            InboundRig rig(test::copy_of(options));
            ReplayModel model(width.packets, start.esn);
            // To where the newest is, over the wraps.
            if (start.top > 3) {
                REQUIRE(rig.child.in.window.commit(start.top - 3));
                model.accept(start.top - 3);
            }
            const auto all = distances(width.packets, width.stride);
            const Bytes inner = test::incoming_packet(20);
            const auto receive = [&](std::int64_t distance) {
                if (!exists(start, distance)) return;
                const std::uint64_t number = start.top - distance;
                const std::string reason = model.receive(number);
                INFO(described(width.packets, start, distance));
                REQUIRE(fate_of(rig, peer.packet(number, inner)) ==
                        (reason.empty() ? test::passes_as(inner) : test::dropped(reason)));
            };
            receive(0);
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (all[i] < 0) continue;
                receive(all[i]);
                if (i % 2 == 0) receive(all[i]);
            }
            for (const std::int64_t distance : all)
                receive(distance);
        }
    }
}

TEST_CASE("a replay of each of the last packets, with every suite") {
    for (const Suite& suite : crypto::test::all_suites()) {
        for (const bool esn : {false, true}) {
            const ChildOptions options = test::child_options_of(suite, esn, 32);
            const SuitePeer peer(suite, options);
            InboundRig rig(test::copy_of(options));
            ReplayModel model(32, esn);
            const Bytes inner = test::incoming_packet(20);
            std::vector<Bytes> sent{{}};
            for (std::uint64_t number = 1; number <= 70; ++number) {
                sent.push_back(peer.packet(number, inner));
                model.accept(number);
            }
            std::vector<Bytes> passed = rig.run(std::vector<Bytes>(sent.begin() + 1, sent.begin() + 41));
            CHECK(passed == std::vector<Bytes>(40, inner));
            passed = rig.run(std::vector<Bytes>(sent.begin() + 41, sent.end()));
            CHECK(passed == std::vector<Bytes>(30, inner));
            for (std::uint64_t number = 1; number <= 70; ++number) {
                INFO(test::name_of(suite) << (esn ? " with ESN" : "") << ", number " << number);
                // Behind the window an ESN is taken for one of the next subspace: the ICV says no.
                REQUIRE(fate_of(rig, sent[number]) == test::dropped(model.receive(number)));
            }
            CHECK(rig.accepted.size() == 70);
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
