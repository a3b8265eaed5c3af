// The program itself, as a person calls it. ESPLANE names it.
#pragma once

#include <string>
#include <vector>

namespace esplane::gateway::test {

struct Outcome {
    int code = -1;
    std::string out;  ///< stdout and stderr, in the order of writing
};

Outcome esplane(std::vector<std::string> arguments);

}  // namespace esplane::gateway::test
