#include "benchmarks/rfc2544/throughput.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace esplane::bench::rfc2544 {
namespace {

constexpr double kSentEnough = 0.99;  // of the rate that was asked for

struct Passed {
    double rate;
    Outcome outcome;
};

class Searching {
  public:
    Searching(const Trial& trial, const ThroughputSearch& search, const Watch& watch)
        : trial_(trial), search_(search), watch_(watch), failed_(search.highest_rate) {}

    Throughput run() {
        try_rate(failed_);
        for (unsigned i = 0; i < search_.most_confirmations; ++i) {
            narrow();
            if (passed_.empty()) return {.trials = trials_};
            if (confirms(passed_.back())) return found(true);
            failed_ = passed_.back().rate;
            is_short_ = false;
            passed_.pop_back();
        }
        narrow();
        return passed_.empty() ? Throughput{.trials = trials_} : found(false);
    }

  private:
    void narrow() {
        while (failed_ - best() > search_.resolution * search_.highest_rate)
            try_rate((best() + failed_) / 2);
    }

    void try_rate(double rate) {
        Outcome outcome = trial_({rate, search_.search_seconds});
        const double proved = proved_by(outcome, rate);
        const bool passed = judge(rate, search_.search_seconds, outcome);
        if (!passed || proved < rate) {
            failed_ = rate;
            is_short_ = passed;
        }
        if (passed && proved > best()) passed_.push_back({proved, std::move(outcome)});
    }

    bool confirms(Passed& candidate) {
        candidate.outcome = trial_({candidate.rate, search_.confirm_seconds});
        if (!judge(candidate.rate, search_.confirm_seconds, candidate.outcome)) return false;
        candidate.rate = proved_by(candidate.outcome, candidate.rate);
        return true;
    }

    /// A trial proves no more than what was really sent in it.
    static double proved_by(const Outcome& outcome, double rate) {
        return outcome.rate() < kSentEnough * rate ? outcome.rate() : rate;
    }

    bool judge(double rate, double seconds, const Outcome& outcome) {
        ++trials_;
        const bool passed = outcome.loss() <= search_.tolerated_loss;
        watch_({.test = "throughput",
                .offer = fmt::format("{:.4f} Mpps for {:g} s", rate / 1e6, seconds),
                .sent = outcome.sent,
                .lost = outcome.lost(),
                .passed = passed});
        return passed;
    }

    double best() const { return passed_.empty() ? 0 : passed_.back().rate; }

    Throughput found(bool is_confirmed) {
        return {.rate = best(),
                .is_confirmed = is_confirmed,
                .is_generator_bound = is_short_,
                .trials = trials_,
                .outcome = std::move(passed_.back().outcome)};
    }

    const Trial& trial_;
    const ThroughputSearch& search_;
    const Watch& watch_;
    std::vector<Passed> passed_;  // ascending: each is tried above all that passed
    double failed_;               // the lowest rate above these that was not proved; at first the highest of all
    bool is_short_ = false;       // it was not, for so much was not sent
    unsigned trials_ = 0;
};

}  // namespace

Throughput find_throughput(const Trial& trial, const ThroughputSearch& search, const Watch& watch) {
    return Searching(trial, search, watch).run();
}

}  // namespace esplane::bench::rfc2544
