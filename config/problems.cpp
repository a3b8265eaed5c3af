#include "config/problems.h"

#include <iterator>

namespace esplane::config {

std::string Problem::to_string() const {
    return file + ':' + std::to_string(line) + ':' + std::to_string(column) + ": " + message;
}

void Problems::add(Place place, std::string message) {
    ++count_;
    found_.emplace(place, std::move(message));
    if (found_.size() <= kMost) return;
    found_.erase(std::prev(found_.end()));
    left_out_ = true;
}

std::vector<Problem> Problems::in_order(const std::string& file) const {
    std::vector<Problem> result;
    result.reserve(found_.size() + 1);
    for (const auto& [place, message] : found_)
        result.push_back({file, place.line, place.column, message});
    if (left_out_) {
        const Place last = found_.rbegin()->first;
        result.push_back(
            {file, last.line, last.column, "there are more problems; these are the first " + std::to_string(kMost)});
    }
    return result;
}

}  // namespace esplane::config
