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
        : trial_(trial), search_(search), watch_(watch) {}

    Throughput run() {
        try_highest();
        for (unsigned i = 0; i < search_.most_confirmations; ++i) {
            narrow();
            if (passed_.empty()) return {.trials = trials_};
            if (confirms(passed_.back())) return found(true);
            failed_ = passed_.back().rate;
            passed_.pop_back();
        }
        narrow();
        return passed_.empty() ? Throughput{.trials = trials_} : found(false);
    }

  private:
    void try_highest() {
        Outcome outcome = trial_({search_.highest_rate, search_.search_seconds});
        failed_ = highest_ = search_.highest_rate;
        if (outcome.rate() < kSentEnough * highest_) {
            failed_ = highest_ = outcome.rate();
            is_short_ = true;
        }
        if (judge(highest_, search_.search_seconds, outcome)) passed_.push_back({highest_, std::move(outcome)});
    }

    void narrow() {
        while (failed_ - best() > search_.resolution * highest_) {
            const double rate = (best() + failed_) / 2;
            Outcome outcome = trial_({rate, search_.search_seconds});
            if (judge(rate, search_.search_seconds, outcome)) {
                passed_.push_back({rate, std::move(outcome)});
            } else {
                failed_ = rate;
            }
        }
    }

    bool confirms(Passed& candidate) {
        candidate.outcome = trial_({candidate.rate, search_.confirm_seconds});
        return judge(candidate.rate, search_.confirm_seconds, candidate.outcome);
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
                .is_generator_bound = is_short_ && best() == highest_,
                .trials = trials_,
                .outcome = std::move(passed_.back().outcome)};
    }

    const Trial& trial_;
    const ThroughputSearch& search_;
    const Watch& watch_;
    std::vector<Passed> passed_;  // ascending: each is tried above all that passed
    double failed_ = 0;           // the lowest rate above those that did not pass; at first the highest of all
    double highest_ = 0;
    bool is_short_ = false;
    unsigned trials_ = 0;
};

}  // namespace

Throughput find_throughput(const Trial& trial, const ThroughputSearch& search, const Watch& watch) {
    return Searching(trial, search, watch).run();
}

}  // namespace esplane::bench::rfc2544
