// Results as text.
#pragma once

#include <string>

#include "benchmarks/handshakes/result.h"
#include "benchmarks/machine.h"

namespace esplane::bench {

std::string handshakes_heading(const Machine& machine, int cpu);
std::string set_ups_heading();
std::string line(const SetUpCost& cost);
std::string line(const ColdStart& start);
std::string line(const Flood& flood);

}  // namespace esplane::bench
