#include "gateway/control/line_buffer.h"

namespace esplane::gateway::control {

std::optional<std::string> LineBuffer::next() {
    if (overflowed_) return std::nullopt;
    const std::size_t end = waiting_.find('\n', searched_);
    const std::size_t length = end == std::string::npos ? waiting_.size() : end;
    if (length > longest_) {
        overflowed_ = true;
        waiting_.clear();
        return std::nullopt;
    }
    if (end == std::string::npos) {
        searched_ = waiting_.size();
        return std::nullopt;
    }
    std::string line = waiting_.substr(0, end);
    waiting_.erase(0, end + 1);
    searched_ = 0;
    return line;
}

}  // namespace esplane::gateway::control
