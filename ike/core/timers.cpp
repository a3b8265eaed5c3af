#include "ike/core/timers.h"

namespace esplane::ike {

void Timers::set(TimerKey key, TimePoint when) {
    cancel(key);
    when_.emplace(key, when);
    order_.emplace(when, key);
}

void Timers::cancel(TimerKey key) {
    const auto found = when_.find(key);
    if (found == when_.end()) return;
    order_.erase({found->second, key});
    when_.erase(found);
}

std::optional<TimePoint> Timers::next() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->first;
}

std::optional<TimerKey> Timers::pop_due(TimePoint now) {
    if (order_.empty() || order_.begin()->first > now) return std::nullopt;
    const TimerKey key = order_.begin()->second;
    cancel(key);
    return key;
}

}  // namespace esplane::ike
