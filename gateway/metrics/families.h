// The report as Prometheus wants it.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/status/report.h"

namespace esplane::gateway {

std::vector<prometheus::MetricFamily> to_families(const Report& report);

}  // namespace esplane::gateway
