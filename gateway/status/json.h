// The report as programs read it. Fields are only ever added.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "gateway/status/report.h"

namespace esplane::gateway {

nlohmann::ordered_json to_json(const Report& report);

}  // namespace esplane::gateway
