#include "benchmarks/rfc2544/outcome.h"

namespace esplane::bench::rfc2544 {

Outcome outcome_of(const generate::TrialResult& result) {
    return {.sent = result.course.sent,
            .received = result.arrivals.received,
            .seconds = result.course.seconds,
            .latency = result.latency,
            .hz = result.hz};
}

Outcome joined(Outcome one, const Outcome& other) {
    one.sent += other.sent;
    one.received += other.received;
    one.seconds += other.seconds;
    one.latency.add(other.latency);
    one.hz = other.hz;
    return one;
}

}  // namespace esplane::bench::rfc2544
