// The machine that figures were measured on.
#pragma once

#include <string>
#include <vector>

namespace esplane::bench {

struct Machine {
    std::string cpu_model;
    std::string kernel;
    std::string compiler;
    std::string ipsec_mb;       ///< its version
    std::string ipsec_mb_arch;  ///< the code that it chose for this CPU
    double tsc_hz = 0;
};

Machine describe_machine(double tsc_hz);

/// The calling thread runs on this CPU alone from now on. False when it may not.
bool pin_to_cpu(int cpu);
/// Those that the calling thread may run on, the last first: the first ones serve interrupts.
std::vector<int> usable_cpus();

}  // namespace esplane::bench
