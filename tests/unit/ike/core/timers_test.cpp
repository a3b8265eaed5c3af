#include "ike/core/timers.h"

#include <catch2/catch.hpp>
#include <map>

#include "crypto/random.h"

namespace esplane::ike {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kStart{};

TimePoint at(std::int64_t time) {
    return kStart + milliseconds(time);
}

TimerKey key(std::uint64_t owner, Timer timer = Timer::kLiveness) {
    return {timer, owner};
}

/// All deadlines in a row: what Timers are to agree with.
class Model {
  public:
    void set(TimerKey key, TimePoint when) { when_[key] = when; }
    void cancel(TimerKey key) { when_.erase(key); }
    std::size_t size() const { return when_.size(); }
    std::optional<TimePoint> next() const {
        const auto found = earliest();
        return found == when_.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<TimerKey> pop_due(TimePoint now) {
        const auto found = earliest();
        if (found == when_.end() || found->second > now) return std::nullopt;
        const TimerKey key = found->first;
        when_.erase(found);
        return key;
    }

  private:
    std::map<TimerKey, TimePoint>::const_iterator earliest() const {
        auto found = when_.begin();
        for (auto each = when_.begin(); each != when_.end(); ++each) {
            if (each->second < found->second) found = each;
        }
        return found;
    }
    std::map<TimerKey, TimePoint> when_;
};

TEST_CASE("Deadlines come in order, each once, and the one that was set last holds") {
    Timers timers;
    CHECK_FALSE(timers.next());
    timers.set(key(1), at(30));
    timers.set(key(2), at(20));
    timers.set(key(1), at(10));
    CHECK(timers.size() == 2);
    CHECK(timers.next() == at(10));
    CHECK_FALSE(timers.pop_due(at(9)));
    CHECK(timers.pop_due(at(100)) == key(1));
    CHECK(timers.pop_due(at(100)) == key(2));
    CHECK_FALSE(timers.pop_due(at(100)));
    timers.set(key(3), at(5));
    timers.set(key(3), at(50));
    CHECK(timers.next() == at(50));
    timers.cancel(key(3));
    timers.cancel(key(3));
    CHECK_FALSE(timers.next());
}

TEST_CASE("Timers do what a list of deadlines does") {
    const std::uint64_t seed = 17;
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    Timers timers;
    Model model;
    std::int64_t now = 0;
    for (int step = 0; step < 20'000; ++step) {
        const TimerKey any = key(random.below(40), random.below(2) == 0 ? Timer::kLiveness : Timer::kChildRekey);
        switch (random.below(4)) {
            case 0:
                model.cancel(any);
                timers.cancel(any);
                break;
            case 1:
                now += static_cast<std::int64_t>(random.below(3));
                REQUIRE(timers.pop_due(at(now)) == model.pop_due(at(now)));
                break;
            default: {
                const TimePoint when = at(now + static_cast<std::int64_t>(random.below(200)));
                model.set(any, when);
                timers.set(any, when);
            }
        }
        REQUIRE(timers.next() == model.next());
        REQUIRE(timers.size() == model.size());
    }
}

}  // namespace
}  // namespace esplane::ike
