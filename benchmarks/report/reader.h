// Results from JSON.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/report/run.h"

namespace esplane::bench::report {

/// `text` is the content of `file`. Throws std::runtime_error that names the file, the place in it and what is wrong.
/// The run's name is the file's.
Run parse_run(const std::string& file, std::string_view text);

/// Reads all files. Runs are called by their files' names without folder and ".json", or by the whole of what was given
/// where two would be called the same. Throws as parse_run() does, and when a file cannot be read or is given twice.
std::vector<Run> read_runs(std::span<const std::string> files);

}  // namespace esplane::bench::report
