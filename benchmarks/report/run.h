// One file of results, as far as a report needs it: what `--json` of pipeline, generate and rfc2544 writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace esplane::bench::report {

/// What was said of the machine: "cpu_model", and its value as text.
struct Fact {
    std::string name;
    std::string value;
};

struct StageFigure {
    std::string stage;
    double cycles = 0;
};

/// All cycles are of the TSC, for one packet.
struct PipelinePoint {
    std::string direction;
    std::string suite;
    std::string size;  ///< "64", "imix"
    std::uint32_t tunnels = 0;
    std::uint32_t workers = 0;
    double cycles = 0;
    std::vector<StageFigure> stages;
    double mpps = 0;
    double gbps = 0;
    double cipher_cycles = 0;
    double batch_gain = 0;
};

/// "p99", and what that is in microseconds.
struct LatencyFigure {
    std::string name;
    double us = 0;
};

/// One trial of the generator's.
struct GeneratePoint {
    std::string traffic;  ///< "UDP over IPv4, 50 flows", or the name of a capture
    std::string size;     ///< "64", "imix"; "-" of a capture
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint64_t duplicates = 0;
    std::optional<std::uint64_t> reordered;  ///< nobody can say of a capture
    double seconds = 0;
    std::vector<LatencyFigure> latency;  ///< none of a capture
};

struct ThroughputFigure {
    double mpps = 0;
    double gbps = 0;
    bool is_confirmed = false;
    bool is_generator_bound = false;
};

struct LoadFigure {
    double load = 0;  ///< of the throughput, 0 to 1
    std::vector<LatencyFigure> latency;
};

/// All tests of one traffic through one gateway; what was not measured is empty.
struct Rfc2544Point {
    std::string traffic;  ///< as GeneratePoint's
    std::string size;
    ThroughputFigure throughput;
    std::optional<ThroughputFigure> tolerant;  ///< with 0.1 % of loss
    std::vector<LoadFigure> loads;
    std::optional<double> burst_packets;  ///< back-to-back, the mean
    std::optional<double> recovery_seconds;
    std::optional<double> reset_by_loss_seconds;
    std::optional<double> reset_by_silence_seconds;
};

struct Run {
    std::string name;  ///< what tables and legends call it; unlike that of every other run in a report
    std::vector<Fact> machine;
    std::vector<PipelinePoint> pipeline;
    std::vector<GeneratePoint> generate;
    std::vector<Rfc2544Point> rfc2544;
};

}  // namespace esplane::bench::report
