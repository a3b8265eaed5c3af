#include "dataplane/sa/replay_window.h"

#include <catch2/catch.hpp>
#include <set>

#include "crypto/random.h"

namespace esplane::dataplane {
namespace {

constexpr std::uint64_t kTwo32 = std::uint64_t{1} << 32;

/// RFC 4303 3.4.3 with a set: what may be accepted lies in the last `width` numbers or ahead of them, and is new.
class SetModel {
  public:
    explicit SetModel(std::uint64_t width) : width_(width) {}
    bool acceptable(std::uint64_t sequence) const {
        return sequence != 0 && sequence + width_ > highest_ && !seen_.contains(sequence);
    }
    bool commit(std::uint64_t sequence) {
        if (!acceptable(sequence)) return false;
        seen_.insert(sequence);
        highest_ = std::max(highest_, sequence);
        return true;
    }
    std::uint64_t highest() const { return highest_; }

  private:
    std::uint64_t width_;
    std::uint64_t highest_ = 0;
    std::set<std::uint64_t> seen_;
};

/// RFC 4303 appendix A2.2, as it is written there. The subspace of which 0 - 1 would be is none.
std::optional<std::uint64_t> infer_by_the_book(std::uint64_t top, std::uint32_t width, std::uint32_t sequence_low) {
    const auto tl = static_cast<std::uint32_t>(top);
    const auto th = static_cast<std::uint32_t>(top >> 32);
    std::int64_t high = 0;
    if (tl >= width - 1) {  // case A
        high = sequence_low >= tl - width + 1 ? std::int64_t{th} : std::int64_t{th} + 1;
    } else {  // case B
        high = sequence_low >= tl - width + 1 ? std::int64_t{th} - 1 : std::int64_t{th};
    }
    if (high < 0 || high > 0xffffffff) return std::nullopt;
    return static_cast<std::uint64_t>(high) << 32 | sequence_low;
}

/// A window whose highest accepted number is `top`, which it was led to by numbers that it may infer.
ReplayWindow at_top(std::uint64_t top, std::uint32_t width, bool esn = true) {
    ReplayWindow window(width, esn);
    if (top != 0) REQUIRE(window.commit(top));
    return window;
}

TEST_CASE("small windows: every order of eight numbers, against a set") {
    constexpr std::uint64_t kNumbers = 8;
    constexpr int kSteps = 5;
    for (const std::uint32_t width : {1U, 2U, 3U, 5U, 7U}) {
        std::uint64_t orders = 1;
        for (int i = 0; i < kSteps; ++i)
            orders *= kNumbers;
        bool right = true;
        for (std::uint64_t order = 0; order < orders && right; ++order) {
            ReplayWindow window(width, false);
            SetModel model(width);
            std::uint64_t rest = order;
            for (int step = 0; step < kSteps; ++step, rest /= kNumbers) {
                const std::uint64_t sequence = rest % kNumbers;
                right = right && window.check(sequence) == model.acceptable(sequence);
                right = right && window.commit(sequence) == model.commit(sequence);
            }
            INFO("width " << width << ", order " << order);
            if (!right) CHECK(right);
        }
    }
}

TEST_CASE("windows of every size are exactly as wide as they say") {
    for (std::uint32_t width = 1; width <= 1100; ++width) {
        INFO("width " << width);
        for (const std::uint64_t top : {std::uint64_t{5000}, std::uint64_t{5000 + width % 64}}) {
            ReplayWindow window(width, false);
            REQUIRE(window.commit(top));
            CHECK_FALSE(window.check(top));
            if (width > 1) CHECK(window.check(top - width + 1));
            CHECK_FALSE(window.check(top - width));
            CHECK(window.check(top + 1));
        }
    }
    for (const std::uint32_t width : {4096U, 65535U, 65536U}) {
        ReplayWindow window(width, false);
        REQUIRE(window.commit(200'000));
        CHECK(window.commit(200'000 - width + 1));
        CHECK_FALSE(window.commit(200'000 - width + 1));
        CHECK_FALSE(window.check(200'000 - width));
    }
}

TEST_CASE("random walks, against a set") {
    for (const std::uint32_t width : {32U, 33U, 63U, 64U, 65U, 128U, 1000U, 1024U}) {
        const std::uint64_t seed = 0x4e9a + width;
        crypto::SeededRandom random(seed);
        ReplayWindow window(width, true);
        SetModel model(width);
        for (int step = 0; step < 40'000; ++step) {
            const std::uint64_t back = random.below(2 * width);
            const std::uint64_t ahead = random.below(100) == 0 ? random.below(5 * width) : random.below(4);
            const std::uint64_t sequence =
                random.below(3) == 0 ? model.highest() + ahead : model.highest() - std::min(back, model.highest());
            INFO("seed " << seed << ", step " << step << ", width " << width << ", sequence " << sequence);
            if (random.below(4) == 0) REQUIRE(window.check(sequence) == model.acceptable(sequence));
            REQUIRE(window.commit(sequence) == model.commit(sequence));
        }
    }
}

TEST_CASE("looking does not move the window") {
    ReplayWindow window(32, false);
    REQUIRE(window.commit(10));
    CHECK(window.check(1'000'000));
    CHECK(window.check(11));
    CHECK(window.check(1'000'000));
    CHECK(window.commit(11));
    CHECK(window.commit(9));
}

TEST_CASE("what is refused does not move the window") {
    ReplayWindow window(32, false);
    REQUIRE(window.commit(100));
    CHECK_FALSE(window.commit(68));
    CHECK_FALSE(window.commit(100));
    CHECK_FALSE(window.commit(0));
    CHECK(window.commit(69));
}

TEST_CASE("a window of 0 accepts everything, again and again") {
    ReplayWindow window(0, false);
    for (const std::uint64_t sequence : {std::uint64_t{5}, std::uint64_t{5}, std::uint64_t{0}, kTwo32 - 1}) {
        CHECK(window.check(sequence));
        CHECK(window.commit(sequence));
    }
    CHECK(window.infer(77) == 77U);
}

TEST_CASE("without ESN a number is what it says, and 2^32 - 1 is the last") {
    ReplayWindow window(64, false);
    REQUIRE(window.commit(kTwo32 - 1));
    CHECK(window.infer(0) == 0U);
    CHECK_FALSE(window.check(0));
    CHECK(window.infer(5) == 5U);
    CHECK_FALSE(window.check(5));
}

TEST_CASE("ESN: the high half at the edges (RFC 4303 A2.2)") {
    struct Case {
        const char* what;
        std::uint64_t top;
        std::uint32_t low;
        std::optional<std::uint64_t> whole;
    };
    constexpr std::uint32_t kWidth = 64;
    const Case cases[] = {
        {"before any packet", 0, 1, 1},
        {"before any packet, the far end", 0, 0xffffffff - kWidth, 0xffffffff - kWidth},
        {"case B with Th = 0 never yields Th - 1", 10, 0xffffffff, std::nullopt},
        {"case B with Th = 0, bottom of the window", 10, 0xffffffff - 52, std::nullopt},
        {"case B with Th = 0, below the window: ahead in this subspace", 10, 0xffffffff - 53, 0xffffffff - 53},
        {"T - W + 1: the lowest inside", 1000, 1000 - kWidth + 1, 1000 - kWidth + 1},
        {"T - W: taken for the next subspace", 1000, 1000 - kWidth, kTwo32 + 1000 - kWidth},
        {"case A from T = W - 1 on", kWidth - 1, 0, 0},
        {"just before the wrap", kTwo32 - 1, 0, kTwo32},
        {"just before the wrap, one more", kTwo32 - 1, 1, kTwo32 + 1},
        {"at the wrap, one behind", kTwo32, 0xffffffff, kTwo32 - 1},
        {"at the wrap, the bottom", kTwo32, static_cast<std::uint32_t>(kTwo32 - kWidth + 1), kTwo32 - kWidth + 1},
        {"at the wrap, below the bottom", kTwo32, static_cast<std::uint32_t>(kTwo32 - kWidth), 2 * kTwo32 - kWidth},
        {"behind the wrap", kTwo32 + 1, 2, kTwo32 + 2},
        {"the last subspace has none above", 0xffffffff * kTwo32 + 1000, 1000 - kWidth, std::nullopt},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        CHECK(at_top(c.top, kWidth).infer(c.low) == c.whole);
    }
}

TEST_CASE("ESN: inference agrees with the RFC's text, around every edge") {
    for (const std::uint32_t width : {32U, 64U, 1024U, 65536U}) {
        for (const std::uint64_t base : {std::uint64_t{0}, kTwo32, 5 * kTwo32, 0xffffffff * kTwo32}) {
            for (const std::int64_t off_top : {-65537L, -65536L, -1025L, -1024L, -64L, -2L, -1L, 0L, 1L, 2L, 31L, 32L,
                                               63L, 64L, 1022L, 1023L, 1024L, 65535L, 65536L}) {
                if (base == 0 && off_top < 0) continue;
                const std::uint64_t top = base + static_cast<std::uint64_t>(off_top);
                const ReplayWindow window = at_top(top, width);
                for (const std::int64_t off : {-65537L, -65536L, -65535L, -1024L, -1023L, -64L, -63L, -32L, -31L, -1L,
                                               0L, 1L, 2L, 63L, 64L, 1L << 31, (1L << 31) + 1}) {
                    const auto low = static_cast<std::uint32_t>(top + static_cast<std::uint64_t>(off));
                    INFO("width " << width << ", top " << top << ", low " << low);
                    CHECK(window.infer(low) == infer_by_the_book(top, width, low));
                }
            }
        }
    }
}

TEST_CASE("ESN: a sender that loses and reorders within the window is followed over the wrap") {
    const std::uint64_t seed = 0xe5;
    crypto::SeededRandom random(seed);
    constexpr std::uint32_t kWidth = 128;
    ReplayWindow window = at_top(kTwo32 - 5000, kWidth);
    SetModel model(kWidth);
    REQUIRE(model.commit(kTwo32 - 5000));
    std::uint64_t sent = kTwo32 - 5000;
    for (int step = 0; step < 20'000; ++step) {
        sent += 1 + random.below(3);
        const std::uint64_t late = sent - random.below(kWidth - 10);
        const auto inferred = window.infer(static_cast<std::uint32_t>(late));
        INFO("seed " << seed << ", step " << step);
        REQUIRE(inferred == late);
        REQUIRE(window.commit(late) == model.commit(late));
    }
    CHECK(sent > kTwo32);
}

}  // namespace
}  // namespace esplane::dataplane
