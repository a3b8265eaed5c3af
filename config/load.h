// YAML to Options. Every problem is found in one pass and carries its place in the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "gateway/options.h"

namespace esplane::config {

struct Problem {
    std::string file;
    int line = 0;         ///< from 1
    int column = 0;       ///< from 1
    std::string message;  ///< what is wrong, what is accepted

    std::string to_string() const;  ///< "FILE:LINE:COLUMN: message"
};

/// Reads the file and the key files that it names, and the environment for `psk_env`.
Result<gateway::Options, std::vector<Problem>> load_file(const std::string& path);

/// The same from memory; `name` stands for the file in messages; relative `psk_file` paths count from `directory`.
Result<gateway::Options, std::vector<Problem>> load_text(std::string_view yaml, const std::string& name,
                                                         const std::string& directory);

}  // namespace esplane::config
