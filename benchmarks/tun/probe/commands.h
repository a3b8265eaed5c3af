// What `esplane-probe` can do, each in a source of its name.
#pragma once

#include <CLI/CLI.hpp>

namespace esplane::bench::probe {

/// Sends numbered datagrams at a steady rate, or as fast as it can.
void add_send(CLI::App& app);

/// Counts what arrives until SIGTERM or SIGINT: each number once, repetitions apart.
void add_sink(CLI::App& app);

/// Times ICMP echoes, which the other host's kernel answers.
void add_ping(CLI::App& app);

}  // namespace esplane::bench::probe
