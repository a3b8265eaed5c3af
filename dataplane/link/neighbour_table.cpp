#include "dataplane/link/neighbour_table.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kLookedAtOnce = 256;  // entries that the sweep looks at under one lock
constexpr int kSecondChances = 8;

// RFC 6583 5: whoever scans our networks through us gets so many questions asked, and no more. Refreshes are apart.
constexpr std::uint32_t kBurstOfQuestions = 512;
constexpr std::chrono::microseconds kBetweenNewAddresses{500};
// Whoever invents addresses to ask us from.
constexpr std::uint32_t kBurstOfStrangers = 64;
constexpr std::chrono::milliseconds kBetweenStrangers{5};

bool is_answer(Heard how) {
    return how == Heard::kAnswer || how == Heard::kWeakAnswer;
}

bool is_weak(Heard how) {
    return how == Heard::kWeakAnswer || how == Heard::kWeakClaim;
}

}  // namespace

NeighbourTable::NeighbourTable(const NeighbourLimits& limits)
    : map_(limits.entries, limits.hash_seed),
      entries_(map_.places()),
      new_addresses_(kBurstOfQuestions, kBetweenNewAddresses),
      new_strangers_(kBurstOfStrangers, kBetweenStrangers) {
    for (std::uint32_t place = 0; place < map_.places(); ++place)
        push(State::kFree, place);
}

std::optional<MacAddress> NeighbourTable::find(PortNumber port, const IpAddress& address) const {
    const auto entry = map_.find(port, address);
    if (!entry || entry->state != State::kResolved) return std::nullopt;
    map_.mark_used(entry->place);
    return entry->mac;
}

NeighbourTable::Step NeighbourTable::want(PortNumber port, const IpAddress& address, TimePoint now) {
    if (const auto entry = map_.find(port, address)) {
        if (entry->state == State::kResolved) return Step::kKnown;
        if (now < entry->due) return entry->state == State::kFailed ? Step::kFailed : Step::kWait;
    }
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return Step::kWait;
    return look_for(port, address, now);
}

void NeighbourTable::heard(PortNumber port, const IpAddress& address, const MacAddress& mac, TimePoint now, Heard how) {
    const auto seen = map_.find(port, address);
    const bool is_known = seen && seen->state == State::kResolved && seen->mac == mac;
    if (is_known && !is_answer(how)) return;
    if (!seen && (how == Heard::kClaim || how == Heard::kWeakClaim)) {
        refused_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    const std::lock_guard lock(mutex_);
    const auto entry = map_.find(port, address);
    const bool is_believed =
        entry ? update(*entry, mac, now, how) : how == Heard::kRequest && learn(port, address, mac, now);
    if (!is_believed) refused_.fetch_add(1, std::memory_order_relaxed);
}

void NeighbourTable::confirmed(PortNumber port, const IpAddress& address, TimePoint now) {
    const std::lock_guard lock(mutex_);
    const auto entry = map_.find(port, address);
    if (!entry || entry->state != State::kResolved || entries_[entry->place].questions == 0) return;
    confirm(*entry, now);
}

std::optional<NeighbourTable::Question> NeighbourTable::next_question(TimePoint now) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return std::nullopt;
    for (std::uint32_t looked = 0; looked < kLookedAtOnce; ++looked) {
        if (sweep_at_ == map_.places()) {
            if (now < next_sweep_) return std::nullopt;
            next_sweep_ = now + kSweep;
            sweep_at_ = 0;
        }
        if (auto question = look_after(map_.at(sweep_at_++), now)) return question;
    }
    return std::nullopt;
}

NeighbourStatistics NeighbourTable::statistics() const {
    const std::lock_guard lock(mutex_);
    return {.entries = map_.places() - list(State::kFree).count,
            .resolved = list(State::kResolved).count,
            .asked = asked_,
            .failed = failed_,
            .refused = refused_.load(std::memory_order_relaxed),
            .evicted = evicted_,
            .throttled = throttled_};
}

/// To the end; but to the beginning what nobody has used yet: whoever floods us with those displaces his own.
void NeighbourTable::push(State state, std::uint32_t place) {
    List& into = list(state);
    const bool is_last = state != State::kResolved || entries_[place].used_at.has_value();
    Entry& entry = entries_[place];
    entry.before = is_last ? into.last : kNone;
    entry.after = is_last ? kNone : into.first;
    (entry.before == kNone ? into.first : entries_[entry.before].after) = place;
    (entry.after == kNone ? into.last : entries_[entry.after].before) = place;
    ++into.count;
}

void NeighbourTable::unlink(State state, std::uint32_t place) {
    List& from = list(state);
    const Entry& entry = entries_[place];
    (entry.before == kNone ? from.first : entries_[entry.before].after) = entry.after;
    (entry.after == kNone ? from.last : entries_[entry.after].before) = entry.before;
    --from.count;
}

/// Whether it was used since the last look; then it is worth the most.
bool NeighbourTable::take_used(std::uint32_t place, TimePoint now) {
    if (!map_.take_used(place)) return false;
    entries_[place].used_at = now;
    unlink(State::kResolved, place);
    push(State::kResolved, place);
    return true;
}

/// A free place; or that of what failed, of what nobody uses, of the address that was looked for first. Strangers who
/// ask us do not displace what our own packets look for, and nobody displaces what is in use.
std::optional<std::uint32_t> NeighbourTable::make_room(State newcomer, TimePoint now) {
    if (list(State::kFree).count > 0) return list(State::kFree).first;
    std::optional<std::uint32_t> victim;
    if (list(State::kFailed).count > 0) victim = list(State::kFailed).first;
    if (!victim) victim = least_used(now);
    if (!victim && newcomer == State::kIncomplete && list(State::kIncomplete).count > 0)
        victim = list(State::kIncomplete).first;
    if (!victim) return std::nullopt;
    remove(map_.at(*victim));
    ++evicted_;
    return victim;
}

std::optional<std::uint32_t> NeighbourTable::least_used(TimePoint now) {
    for (int chances = 0; chances < kSecondChances && list(State::kResolved).count > 0; ++chances) {
        const std::uint32_t place = list(State::kResolved).first;
        if (take_used(place, now)) continue;
        const auto& used_at = entries_[place].used_at;
        if (used_at && now - *used_at < kInUse) return std::nullopt;
        return place;
    }
    return std::nullopt;
}

NeighbourTable::View NeighbourTable::create(std::uint32_t place, PortNumber port, const IpAddress& address,
                                            TimePoint now) {
    unlink(State::kFree, place);
    entries_[place] = {};
    map_.insert(place, port, address, State::kIncomplete, now);
    push(State::kIncomplete, place);
    return map_.at(place);
}

void NeighbourTable::set(const View& entry, State state, const MacAddress& mac, TimePoint due) {
    map_.set(entry.place, state, mac, due);
    if (state == entry.state) return;
    unlink(entry.state, entry.place);
    push(state, entry.place);
}

void NeighbourTable::remove(const View& entry) {
    map_.erase(entry.place);
    unlink(entry.state, entry.place);
    push(State::kFree, entry.place);
    if (entry.state == State::kResolved) generation_.fetch_add(1, std::memory_order_release);
}

NeighbourTable::Step NeighbourTable::look_for(PortNumber port, const IpAddress& address, TimePoint now) {
    if (const auto entry = map_.find(port, address)) {
        if (entry->state == State::kResolved) return Step::kKnown;
        if (now < entry->due) return entry->state == State::kFailed ? Step::kFailed : Step::kWait;
        if (entry->state == State::kIncomplete) return ask(*entry, now);
        remove(*entry);  // the pause is over: like a new one
    }
    const auto place = new_addresses_.take(now) ? make_room(State::kIncomplete, now) : std::nullopt;
    if (!place) {
        ++throttled_;
        return Step::kWait;
    }
    const View entry = create(*place, port, address, now);
    entries_[*place].used_at = now;
    return ask(entry, now);
}

NeighbourTable::Step NeighbourTable::ask(const View& entry, TimePoint now) {
    std::uint8_t& questions = entries_[entry.place].questions;
    if (questions == kMostQuestions) {
        questions = 0;
        ++failed_;
        set(entry, State::kFailed, {}, now + kPause);
        return Step::kFailed;
    }
    ++questions;
    ++asked_;
    set(entry, State::kIncomplete, {}, now + kBetweenQuestions);
    return Step::kAsk;
}

bool NeighbourTable::learn(PortNumber port, const IpAddress& address, const MacAddress& mac, TimePoint now) {
    const auto place = new_strangers_.take(now) ? make_room(State::kResolved, now) : std::nullopt;
    if (!place) return false;
    resolve(create(*place, port, address, now), mac, now, false);
    return true;
}

bool NeighbourTable::update(const View& entry, const MacAddress& mac, TimePoint now, Heard how) {
    const Entry& ours = entries_[entry.place];
    const bool is_asked_for = is_answer(how) && ours.questions > 0;
    if (entry.state == State::kResolved && entry.mac == mac) {
        if (is_asked_for) confirm(entry, now);
        return true;
    }
    if (entry.state == State::kResolved && is_weak(how)) {
        // RFC 4861 7.2.5: not believed, but the entry is not certain any more.
        if (ours.questions == 0) set(entry, entry.state, entry.mac, std::min(entry.due, now + kUnconfirmed));
        return false;
    }
    if (entry.state == State::kResolved && now - ours.changed_at < kBetweenChanges) return false;
    resolve(entry, mac, now, is_asked_for);
    return true;
}

void NeighbourTable::resolve(const View& entry, const MacAddress& mac, TimePoint now, bool is_confirmed) {
    entries_[entry.place].questions = 0;
    entries_[entry.place].changed_at = now;
    set(entry, State::kResolved, mac, now + (is_confirmed ? kRefreshAfter : kUnconfirmed));
    generation_.fetch_add(1, std::memory_order_release);
}

void NeighbourTable::confirm(const View& entry, TimePoint now) {
    entries_[entry.place].questions = 0;
    set(entry, State::kResolved, entry.mac, now + kRefreshAfter);
}

std::optional<NeighbourTable::Question> NeighbourTable::look_after(const View& entry, TimePoint now) {
    if (entry.state == State::kResolved) return refresh(entry, now);
    if (entry.state == State::kFree || now < entry.due) return std::nullopt;
    if (entry.state == State::kFailed) {
        remove(entry);
        return std::nullopt;
    }
    if (ask(entry, now) != Step::kAsk) return std::nullopt;
    return Question{map_.port(entry.place), map_.address(entry.place), std::nullopt};
}

std::optional<NeighbourTable::Question> NeighbourTable::refresh(const View& entry, TimePoint now) {
    take_used(entry.place, now);
    Entry& ours = entries_[entry.place];
    if (now - ours.used_at.value_or(ours.changed_at) >= kUnused) {
        remove(entry);
        return std::nullopt;
    }
    const bool is_used = ours.used_at && now - *ours.used_at < kReachable;
    if (now < entry.due || (!is_used && ours.questions == 0)) return std::nullopt;
    if (ours.questions == kMostQuestions) {
        ++failed_;
        remove(entry);
        return std::nullopt;
    }
    ++ours.questions;
    ++asked_;
    set(entry, State::kResolved, entry.mac, now + kBetweenQuestions);
    // RFC 1122 2.3.2.1 (2), RFC 4861 7.3.3: the station that had it is asked alone, and at last everybody.
    const bool is_last = ours.questions == kMostQuestions;
    return Question{map_.port(entry.place), map_.address(entry.place),
                    is_last ? std::nullopt : std::optional(entry.mac)};
}

}  // namespace esplane::dataplane
