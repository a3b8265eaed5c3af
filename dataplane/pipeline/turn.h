// What stages of either direction go by besides the batch and its SAs.
#pragma once

#include "dataplane/packet/fragment_ports.h"
#include "dataplane/packet/time_point.h"

namespace esplane::dataplane {

struct Turn {
    TimePoint now;
    FragmentPorts& fragments;  ///< of one direction
};

}  // namespace esplane::dataplane
