// One trial with a traffic: what was sent, what became of it, how long it took.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "benchmarks/generate/course.h"
#include "benchmarks/generate/latency.h"
#include "benchmarks/generate/probe_sink.h"
#include "benchmarks/generate/probe_source.h"

namespace esplane::bench::generate {

struct TrialResult {
    Course course;
    Arrivals arrivals;
    std::uint64_t foreign = 0;
    std::uint64_t damaged = 0;
    std::optional<std::uint64_t> last_lost;  ///< counted from the first packet sent, 0
    LatencyHistogram latency;                ///< cycles
    double hz = 0;                           ///< of these

    std::uint64_t lost() const { return course.sent - arrivals.received; }
    /// Received, over the time of sending.
    double mpps() const {
        return course.seconds > 0 ? static_cast<double>(arrivals.received) / course.seconds / 1e6 : 0;
    }
    /// From 0 to 1.
    double loss() const {
        return course.sent == 0 ? 0 : static_cast<double>(lost()) / static_cast<double>(course.sent);
    }
};

/// `traffic` is checked(). See run_course().
template <Port Out, Port In, std::invocable Clock>
TrialResult run_trial(Out& out, In& in, const Traffic& traffic, const EthernetEnds& ends, const Plan& plan,
                      Clock clock) {
    ProbeSource source(traffic, ends);
    ProbeSink sink(traffic, plan.packets);
    const Course course = run_course(out, in, source, sink, plan, clock);
    return {.course = course,
            .arrivals = sink.tracker().arrivals(),
            .foreign = sink.foreign(),
            .damaged = sink.damaged(),
            .last_lost = sink.tracker().last_lost(course.sent),
            .latency = sink.latency(),
            .hz = plan.hz};
}

/// {"family": 4 or 6, "transport": "udp" or "tcp", "size": a number of octets or "imix", "flows"}.
nlohmann::ordered_json to_json(const Traffic& traffic);

/// {"traffic": {...}, "seconds", "sent", "missed", "received", "lost", "loss", "reordered", "duplicates", "foreign",
/// "damaged", "mpps", "gbps", "latency_us": {...}}. Rates are of packets received, over the time of sending; "gbps" of
/// IP packets.
nlohmann::ordered_json to_json(const Traffic& traffic, const TrialResult& result);

}  // namespace esplane::bench::generate
