// The subcommands. Each `add_x` puts itself into the program's command line, and when chosen leaves its exit code in
// `status`. One that cannot be measured throws.
#pragma once

namespace CLI {
class App;
}

namespace esplane::bench::commands {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kMisuse = 2;

void add_generate(CLI::App& app, int& status);
void add_handshakes(CLI::App& app, int& status);
void add_pipeline(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_rfc2544(CLI::App& app, int& status);

}  // namespace esplane::bench::commands
