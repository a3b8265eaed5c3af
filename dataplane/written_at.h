// Where the operator wrote something, for messages.
#pragma once

#include <string>

namespace esplane::dataplane {

struct WrittenAt {
    std::string place;  ///< "esplane.yaml:5:13"; empty when nobody knows

    /// What is written elsewhere is not something else.
    bool operator==(const WrittenAt&) const { return true; }
    /// To begin a message with.
    std::string prefix() const { return place.empty() ? "" : place + ": "; }
};

}  // namespace esplane::dataplane
