#include "benchmarks/rfc2544/text.h"

#include <fmt/format.h>

#include "benchmarks/generate/latency.h"

namespace esplane::bench::rfc2544 {
namespace {

std::string line(const char* name, const Throughput& throughput, const Mix& mix) {
    const double mpps = throughput.rate / 1e6;
    const char* remark = throughput.is_generator_bound ? ", as much as the generator sends"
                         : throughput.rate == 0        ? ": no rate passed"
                         : throughput.is_confirmed     ? ""
                                                       : ", not confirmed by a long trial";
    return fmt::format("  {:<22}{:.4f} Mpps, {:.3f} Gbps{}\n", name, mpps, mix.gbps(mpps), remark);
}

std::string line(const LoadedLatency& latency) {
    const auto us = generate::summarise(latency.outcome.latency, latency.outcome.hz);
    return fmt::format("  latency at {:<10}{:.1f} us median, {:.1f} 99 %, {:.1f} 99.9 %, {:.1f} the most\n",
                       fmt::format("{:g} %", latency.load * 100), us.p50, us.p99, us.p999, us.greatest);
}

std::string line(const BackToBack& bursts, const Result& result) {
    if (bursts.is_unlimited)
        return fmt::format("  back-to-back          {:.0f} packets, and no limit seen\n", bursts.packets.mean);
    return fmt::format("  back-to-back          {:.0f} packets, buffers of {:.3f} ms\n", bursts.packets.mean,
                       1e3 * buffer_seconds(bursts.packets.mean, result.highest_rate, result.throughput.rate));
}

}  // namespace

std::string to_text(const Result& result) {
    const Mix& mix = result.traffic.mix;
    std::string text = fmt::format("{} {}\n", mix.is_uniform() ? "IP packets of octets:" : "mixture:", mix.name);
    text += line("without loss", result.throughput, mix);
    if (result.tolerant) text += line("with 0.1 % of loss", *result.tolerant, mix);
    for (const LoadedLatency& latency : result.latencies)
        text += line(latency);
    if (result.back_to_back) text += line(*result.back_to_back, result);
    if (result.recovery) text += fmt::format("  recovery              {:.4f} s\n", result.recovery->mean);
    if (result.reset) {
        text += fmt::format("  reset                 {:.3f} s by loss, {:.3f} s by silence\n",
                            result.reset->by_loss.mean, result.reset->by_silence.mean);
    }
    return text;
}

}  // namespace esplane::bench::rfc2544
