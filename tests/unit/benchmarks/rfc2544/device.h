// A device of known limits, and a generator before it, for tests of the searches.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "benchmarks/rfc2544/outcome.h"
#include "benchmarks/rfc2544/progress.h"

namespace esplane::bench::rfc2544::test {

struct Limits {
    double capacity = 1e6;        ///< packets a second that it forwards
    double buffer = 0;            ///< packets that wait in it without being lost
    double hiccup_a_second = 0;   ///< how often it loses a packet for no reason
    double constant_loss = 0;     ///< share that it always loses
    double generator_most = 1e9;  ///< packets a second
};

class Device {
  public:
    Device(const Limits& limits, std::uint64_t seed) : limits_(limits), random_(seed) {}

    Outcome run(const Offer& offer) {
        const double rate = std::min(offer.rate, limits_.generator_most);
        return forward(static_cast<std::uint64_t>(rate * offer.seconds), rate);
    }
    Outcome burst(std::uint64_t packets, double rate) { return forward(packets, rate); }

    Trial trial() {
        return [this](const Offer& offer) { return run(offer); };
    }

  private:
    Outcome forward(std::uint64_t sent, double rate) {
        const double seconds = static_cast<double>(sent) / rate;
        const double queued = std::max(0.0, static_cast<double>(sent) - limits_.capacity * seconds);
        double lost = std::ceil(std::max(0.0, queued - limits_.buffer) - 1e-6);
        lost += std::floor(limits_.constant_loss * static_cast<double>(sent));
        if (limits_.hiccup_a_second > 0)
            lost += std::poisson_distribution<int>(limits_.hiccup_a_second * seconds)(random_);
        Outcome outcome{.sent = sent,
                        .received = sent - std::min(sent, static_cast<std::uint64_t>(lost)),
                        .seconds = seconds,
                        .hz = 1e9};
        // More waits the nearer the rate is to what is forwarded.
        if (outcome.received > 0) outcome.latency.add(static_cast<std::uint64_t>(1000 * rate / limits_.capacity));
        return outcome;
    }

    Limits limits_;
    std::mt19937_64 random_;
};

inline const Watch kNobody = [](const Step&) {};

}  // namespace esplane::bench::rfc2544::test
