// What is wrong with a configuration, collected in one pass and handed out in the order of the file.
#pragma once

#include <compare>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/load.h"

namespace esplane::config {

/// A place in the file, both from 1; columns count octets.
struct Place {
    int line = 1;
    int column = 1;
    friend auto operator<=>(const Place&, const Place&) = default;
};

class Problems {
  public:
    /// Said twice of the same place it counts once: what is wrong in `defaults` shows up again in each tunnel.
    void add(Place place, std::string message);
    bool empty() const { return found_.empty(); }
    /// How often something was wrong, repetitions included: what adds to it while it is read is not sound.
    std::size_t count() const { return count_; }
    /// Whether more would be left out, so that there is no use in looking further.
    bool full() const { return left_out_; }
    /// In the order of the file, kMost at most; one more says so when others were left out.
    std::vector<Problem> in_order(const std::string& file) const;

    static constexpr std::size_t kMost = 1000;

  private:
    std::set<std::pair<Place, std::string>> found_;
    std::size_t count_ = 0;
    bool left_out_ = false;
};

}  // namespace esplane::config
