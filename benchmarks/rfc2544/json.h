// Results for programs. The shape is a contract: reports and comparisons are made from it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <vector>

#include "benchmarks/generate/traffic.h"
#include "benchmarks/machine.h"
#include "benchmarks/rfc2544/back_to_back.h"
#include "benchmarks/rfc2544/loaded_latency.h"
#include "benchmarks/rfc2544/recovery.h"
#include "benchmarks/rfc2544/throughput.h"

namespace esplane::bench::rfc2544 {

/// Of one traffic through one gateway. What was not measured is absent.
struct Result {
    generate::Traffic traffic;
    double highest_rate = 0;  ///< packets a second
    Throughput throughput;
    std::optional<Throughput> tolerant;  ///< with 0.1 % of loss
    std::vector<LoadedLatency> latencies;
    std::optional<BackToBack> back_to_back;
    std::optional<Spread> recovery;
    std::optional<ResetTime> reset;
};

/// {"machine": {...}, "rfc2544": [{"traffic": {...}, "throughput": T, "throughput_0.1_percent":
/// T, "latencies": [{"load", "mpps", "loss", "latency_us": {...}}], "back_to_back": {"packets": S, "unlimited",
/// "buffer_seconds"}, "recovery_seconds": S, "reset_seconds": {"by_loss": S, "by_silence": S}}]}
/// with T {"mpps", "gbps", "loss", "confirmed", "generator_bound", "trials"} and S {"mean", "min", "max"}. "gbps" is of
/// IP packets; "latency_us" and "traffic" are generate/'s. From "throughput_0.1_percent" on, what was not measured is
/// absent, and so is "buffer_seconds" if "unlimited".
nlohmann::ordered_json to_json(const Machine& machine, std::span<const Result> results);

}  // namespace esplane::bench::rfc2544
