// The subcommands. Each `add_x` puts itself into the program's command line, and when chosen leaves its exit code in
// `status`.
#pragma once

namespace CLI {
class App;
}

namespace esplane::gateway::commands {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kMisuse = 2;  ///< wrong use or wrong configuration

void add_run(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_status(CLI::App& app, int& status);
void add_up(CLI::App& app, int& status);
void add_down(CLI::App& app, int& status);
void add_rekey(CLI::App& app, int& status);
void add_pki(CLI::App& app, int& status);

}  // namespace esplane::gateway::commands
