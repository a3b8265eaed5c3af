// Where something is written, for messages of those who do not know of files.
#pragma once

#include <string>

#include "config/problems.h"
#include "dataplane/written_at.h"

namespace esplane::config {

inline dataplane::WrittenAt written_at(const std::string& file, Place place) {
    return {file + ':' + std::to_string(place.line) + ':' + std::to_string(place.column)};
}

}  // namespace esplane::config
