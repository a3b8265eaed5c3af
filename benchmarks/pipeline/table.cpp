#include "benchmarks/pipeline/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace esplane::bench {
namespace {

/// A column of a stage is as wide as its name, and never too narrow for a number.
std::size_t width(std::string_view stage) {
    return std::max<std::size_t>(stage.size(), 6);
}

std::string titles(const PipelineResult& first) {
    std::string line = fmt::format("{:>6}", "octets");
    for (const StageCycles& stage : first.stages)
        line += fmt::format("  {:>{}}", stage.stage, width(stage.stage));
    return line + fmt::format("  |  {:>7}  {:>7}  {:>6}  {:>6}  {:>6}  |  {:>7}  {:>6}\n", "all", "cipher", "ratio",
                              "Mpps", "Gbps", "singly", "gain");
}

std::string line(const PipelineResult& result) {
    std::string line = fmt::format("{:>6}", result.size);
    for (const StageCycles& stage : result.stages)
        line += fmt::format("  {:>{}.1f}", stage.cycles, width(stage.stage));
    return line + fmt::format("  |  {:>7.1f}  {:>7.1f}  {:>6.2f}  {:>6.2f}  {:>6.1f}  |  {:>7.1f}  {:>6.2f}\n",
                              result.cycles_per_packet, result.raw_cipher_cycles, result.ratio(), result.mpps(),
                              result.gbps(), result.singly_cycles, result.batch_gain());
}

std::string number_of(std::string_view what, std::uint32_t count) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Of few tunnels the tables that all share are the larger part.
std::string memory(const PipelineResult& result) {
    constexpr std::uint32_t kFew = 100;
    return result.tunnels < kFew ? "" : fmt::format(", {:.0f} octets of memory each", result.memory_bytes);
}

}  // namespace

std::string heading(const Machine& machine, const Rounds& rounds, int cpu) {
    return fmt::format(
        "{}, TSC {:.2f} GHz, {}, {}, ipsec-mb {} ({}), cpu {}\n"
        "TSC cycles a packet, medians of {} batches of {}. `all` is the stages run as one; `cipher` is the library's "
        "call\n"
        "alone, in place, one key; Gbps is of inner packets. `singly` is the same packets, each through all stages\n"
        "before the next; `gain` is what the batch makes of it.\n",
        machine.cpu_model, machine.tsc_hz / 1e9, machine.kernel, machine.compiler, machine.ipsec_mb,
        machine.ipsec_mb_arch, cpu, rounds.batches, rounds.batch);
}

std::string table(std::span<const PipelineResult> results) {
    if (results.empty()) return {};
    const PipelineResult& first = results.front();
    std::string text =
        fmt::format("\n{} {}, {}{}{}\n", first.direction, first.suite, number_of("tunnel", first.tunnels),
                    first.workers == 1 ? "" : fmt::format(" for each of {} workers", first.workers), memory(first));
    text += titles(first);
    for (const PipelineResult& result : results)
        text += line(result);
    return text;
}

}  // namespace esplane::bench
