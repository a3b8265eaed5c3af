#include "ike/core/status_cache.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace esplane::ike {
namespace {

constexpr std::chrono::seconds kAskAgainAfter{60};
constexpr std::size_t kMostEntries = 4096;

}  // namespace

bool StatusCache::may_ask(const std::string& certificate, TimePoint now) const {
    const auto found = entries_.find(certificate);
    return found == entries_.end() || now - found->second.asked_at >= kAskAgainAfter;
}

bool StatusCache::wait(const std::string& certificate, IkeSpi sa) {
    std::vector<IkeSpi>& waiting = waiting_[certificate];
    waiting.push_back(sa);
    return waiting.size() == 1;
}

std::size_t StatusCache::waiting() const {
    return std::accumulate(waiting_.begin(), waiting_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& entry) { return sum + entry.second.size(); });
}

std::vector<IkeSpi> StatusCache::put(const std::string& certificate, Bytes response, TimePoint now) {
    auto waited = waiting_.extract(certificate);
    if (waited.empty()) return {};  // nobody asked
    if (entries_.size() >= kMostEntries && !entries_.contains(certificate)) {
        entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
            return a.second.asked_at < b.second.asked_at;
        }));
    }
    entries_[certificate] = {std::move(response), now};
    return std::move(waited.mapped());
}

}  // namespace esplane::ike
