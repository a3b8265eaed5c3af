#include "ike/core/narrowing.h"

#include <algorithm>

#include "ike/wire/caps.h"

namespace esplane::ike {
namespace {

using dataplane::TrafficSelector;
using Selectors = std::vector<TrafficSelector>;

bool contained_in_any(const TrafficSelector& selector, const Selectors& list) {
    return std::any_of(list.begin(), list.end(), [&](const auto& entry) { return entry.contains(selector); });
}

/// Keeps `list` free of entries that another one contains, and within what a TS payload holds: leaving some out is
/// narrowing, too.
void add_widest(Selectors& list, const TrafficSelector& selector) {
    if (contained_in_any(selector, list)) return;
    list.erase(std::remove_if(list.begin(), list.end(), [&](const auto& entry) { return selector.contains(entry); }),
               list.end());
    if (list.size() < wire::kMaxSelectors) list.push_back(selector);
}

Selectors intersect(const Selectors& configured, const Selectors& offered) {
    Selectors common;
    for (const TrafficSelector& theirs : offered) {  // the offer's order: its first selector is honoured first
        for (const TrafficSelector& ours : configured) {
            if (const auto both = ours.intersect(theirs)) add_widest(common, *both);
        }
    }
    return common;
}

bool has_family(const Selectors& list, Family family) {
    return std::any_of(list.begin(), list.end(), [&](const auto& entry) { return entry.first.family() == family; });
}

/// A packet has one family: a selector without a counterpart on the other side carries nothing.
void drop_lone_families(Selectors& list, const Selectors& other_side) {
    list.erase(std::remove_if(list.begin(), list.end(),
                              [&](const auto& entry) { return !has_family(other_side, entry.first.family()); }),
               list.end());
}

bool within(const Selectors& answered, const Selectors& offered) {
    return !answered.empty() && std::all_of(answered.begin(), answered.end(),
                                            [&](const auto& entry) { return contained_in_any(entry, offered); });
}

}  // namespace

std::optional<dataplane::SelectorPair> narrow(const dataplane::SelectorPair& configured,
                                              const wire::TrafficSelectors& offered_local,
                                              const wire::TrafficSelectors& offered_remote) {
    dataplane::SelectorPair common{intersect(configured.local, offered_local.entries),
                                   intersect(configured.remote, offered_remote.entries)};
    drop_lone_families(common.local, common.remote);
    drop_lone_families(common.remote, common.local);
    if (common.local.empty() || common.remote.empty()) return std::nullopt;
    return common;
}

bool within_offer(const dataplane::SelectorPair& offered, const dataplane::SelectorPair& answered) {
    return within(answered.local, offered.local) && within(answered.remote, offered.remote);
}

}  // namespace esplane::ike
