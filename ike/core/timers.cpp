#include "ike/core/timers.h"

#include <algorithm>
#include <functional>

namespace esplane::ike {

namespace {

/// So many that do not hold any more are left in the heap, and as many again as hold.
constexpr std::size_t kMostStale = 64;

}  // namespace

void Timers::set(TimerKey key, TimePoint when) {
    when_.insert_or_assign(key, when);
    heap_.emplace_back(when, key);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
    tidy();
}

void Timers::cancel(TimerKey key) {
    if (when_.erase(key) > 0) tidy();
}

bool Timers::is_stale(const Entry& entry) const {
    const auto found = when_.find(entry.second);
    return found == when_.end() || found->second != entry.first;
}

void Timers::tidy() {
    if (heap_.size() > 2 * when_.size() + kMostStale) {
        heap_.clear();
        for (const auto& [key, when] : when_)
            heap_.emplace_back(when, key);
        std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
        if (heap_.capacity() > 8 * heap_.size() + kMostStale) heap_.shrink_to_fit();
    }
    while (!heap_.empty() && is_stale(heap_.front())) {
        std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
        heap_.pop_back();
    }
}

std::optional<TimePoint> Timers::next() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().first;
}

std::optional<TimerKey> Timers::pop_due(TimePoint now) {
    if (heap_.empty() || heap_.front().first > now) return std::nullopt;
    const TimerKey key = heap_.front().second;
    cancel(key);
    return key;
}

}  // namespace esplane::ike
