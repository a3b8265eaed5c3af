// The order in which things stand in tables and charts.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace esplane::bench::report {

/// Appends what is not there yet: the order is that of the first appearance.
template <typename T>
void add_once(std::vector<T>& list, const T& value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

template <typename T>
std::size_t index_of(const std::vector<T>& list, const T& value) {
    return static_cast<std::size_t>(std::find(list.begin(), list.end(), value) - list.begin());
}

/// Numbers of octets by their value, then the names of mixtures.
bool size_before(const std::string& a, const std::string& b);
bool is_number(const std::string& text);

/// Three digits that count: "1234", "12.3", "1.23".
std::string figure(double value);
/// What `now` is against `before`: "+12.3 %". "-" where that is not defined.
std::string change(double before, double now);

}  // namespace esplane::bench::report
