// What the tests gave, for people.
#pragma once

#include <string>

#include "benchmarks/rfc2544/json.h"

namespace esplane::bench::rfc2544 {

/// Some lines, each with its end.
std::string to_text(const Result& result);

}  // namespace esplane::bench::rfc2544
