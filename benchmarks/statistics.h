// What is told of many samples. The median: on a shared machine the mean tells of the neighbours.
#pragma once

#include <vector>

namespace esplane::bench {

/// Of an even number, the mean of the middle two; of none, 0.
double median(std::vector<double> samples);

}  // namespace esplane::bench
