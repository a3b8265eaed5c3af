#include "benchmarks/pipeline/measure.h"

#include <rte_lcore.h>

#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "benchmarks/machine.h"
#include "benchmarks/pipeline/decap.h"
#include "benchmarks/pipeline/encap.h"
#include "benchmarks/pipeline/together.h"
#include "benchmarks/statistics.h"

namespace esplane::bench {
namespace {

template <typename Flow>
void require_all_passed(Flow& flow, std::size_t batch) {
    if (flow.take_sent() != batch) throw std::runtime_error("the pipeline dropped packets that it should have passed");
}

template <typename Flow>
class Measurement {
  public:
    Measurement(Flow& flow, RawCipher& raw, const Rounds& rounds, const TscClock& clock)
        : flow_(flow), raw_(raw), rounds_(rounds), clock_(clock) {}

    void run(Together::Part& part) {
        for (std::size_t i = 0; i < rounds_.warm_up; ++i)
            once();
        part.begin();
        record();
        part.done();
        while (part.are_others_busy())
            whole();
    }

    void report(PipelineResult& result) const {
        result.cycles_per_packet = cycles_per_packet_;
        result.singly_cycles = median(singly_);
        result.raw_cipher_cycles = median(raw_cipher_);
        for (std::size_t i = 0; i < stages_.size(); ++i)
            result.stages.push_back({Flow::kStages[i], median(stages_[i])});
    }

  private:
    void record() {
        whole_.clear();
        singly_.clear();
        raw_cipher_.clear();
        for (auto& samples : stages_)
            samples.clear();
        for (std::size_t i = 0; i < rounds_.batches; ++i)
            once();
        cycles_per_packet_ = median(whole_);
    }

    void once() {
        whole();
        singly();
        single_stages();
        raw_cipher();
    }

    void whole() {
        flow_.prepare();
        const std::uint64_t begin = read_tsc();
        flow_.run([] {});
        const std::uint64_t end = read_tsc();
        whole_.push_back(a_packet(begin, end));
        require_all_passed(flow_, rounds_.batch);
    }

    void singly() {
        flow_.prepare();
        const std::uint64_t begin = read_tsc();
        flow_.run_singly();
        const std::uint64_t end = read_tsc();
        singly_.push_back(a_packet(begin, end));
        require_all_passed(flow_, rounds_.batch);
    }

    void single_stages() {
        flow_.prepare();
        std::array<std::uint64_t, Flow::kStages.size() + 1> laps;
        std::size_t next = 0;
        laps[next++] = read_tsc();
        flow_.run([&] { laps[next++] = read_tsc(); });
        for (std::size_t i = 0; i < stages_.size(); ++i)
            stages_[i].push_back(a_packet(laps[i], laps[i + 1]));
        require_all_passed(flow_, rounds_.batch);
    }

    void raw_cipher() {
        const std::uint64_t begin = read_tsc();
        flow_.run_raw(raw_);
        const std::uint64_t end = read_tsc();
        raw_cipher_.push_back(a_packet(begin, end));
    }

    double a_packet(std::uint64_t begin, std::uint64_t end) const {
        return (static_cast<double>(end - begin) - clock_.reading) / static_cast<double>(rounds_.batch);
    }

    Flow& flow_;
    RawCipher& raw_;
    const Rounds& rounds_;
    const TscClock& clock_;
    std::vector<double> whole_;
    double cycles_per_packet_ = 0;
    std::vector<double> singly_;
    std::vector<double> raw_cipher_;
    std::array<std::vector<double>, Flow::kStages.size()> stages_;
};

/// What one thread is to do.
struct Task {
    const Suite& suite;
    std::uint32_t tunnels;
    const Mix& mix;
    const Rounds& rounds;
    const TscClock& clock;
    std::mutex& preparing;
};

template <typename Flow>
PipelineResult measure_one(RingWorker& worker, const Task& task, Together::Part& part) {
    const auto flow = [&] {
        // One after the other: they see what memory is taken meanwhile.
        const std::lock_guard guard(task.preparing);
        return std::make_unique<Flow>(worker, task.suite, task.tunnels, task.mix, task.rounds.batch);
    }();
    const auto raw = std::make_unique<RawCipher>(task.suite);
    PipelineResult result{.direction = Flow::kDirection,
                          .suite = task.suite.name(),
                          .size = task.mix.name,
                          .mean_length = task.mix.mean_length(task.rounds.batch),
                          .tunnels = task.tunnels,
                          .tsc_hz = task.clock.hz};
    result.memory_bytes = flow->memory_bytes();
    Measurement<Flow> measurement(*flow, *raw, task.rounds, task.clock);
    measurement.run(part);
    measurement.report(result);
    return result;
}

/// A thread of ours is one of DPDK's, too: its pools have a cache for those only.
class Registration {
  public:
    Registration() : is_registered_(rte_thread_register() == 0) {}
    ~Registration() {
        if (is_registered_) rte_thread_unregister();
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

  private:
    bool is_registered_;
};

/// Each worker on its cpu, this thread the first.
template <typename Flow>
std::vector<PipelineResult> measure_each(RingPorts& ports, std::span<const int> cpus, const Task& task) {
    Together together(cpus.size());
    std::vector<PipelineResult> results(cpus.size());
    std::vector<std::exception_ptr> failures(cpus.size());
    const auto work = [&](std::size_t index) {
        Together::Part part(together);
        try {
            if (index > 0 && !pin_to_cpu(cpus[index]))
                throw std::runtime_error("cannot run on cpu " + std::to_string(cpus[index]));
            results[index] = measure_one<Flow>(ports.worker(index), task, part);
        } catch (...) {
            failures[index] = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    for (std::size_t index = 1; index < cpus.size(); ++index) {
        others.emplace_back([&work, index] {
            const Registration registration;
            work(index);
        });
    }
    work(0);
    for (std::thread& other : others)
        other.join();
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
    return results;
}

/// One result for workers that did the same, each for itself: the mean.
PipelineResult joined(std::span<const PipelineResult> each) {
    PipelineResult result = each.front();
    result.workers = static_cast<std::uint32_t>(each.size());
    const auto mean = [&](auto what) {
        double sum = 0;
        for (const PipelineResult& one : each)
            sum += what(one);
        return sum / static_cast<double>(each.size());
    };
    result.cycles_per_packet = mean([](const PipelineResult& one) { return one.cycles_per_packet; });
    result.singly_cycles = mean([](const PipelineResult& one) { return one.singly_cycles; });
    result.raw_cipher_cycles = mean([](const PipelineResult& one) { return one.raw_cipher_cycles; });
    for (std::size_t i = 0; i < result.stages.size(); ++i)
        result.stages[i].cycles = mean([i](const PipelineResult& one) { return one.stages[i].cycles; });
    return result;
}

}  // namespace

PipelineResult measure(RingPorts& ports, std::span<const int> cpus, Direction direction, const Suite& suite,
                       std::uint32_t tunnels, const Mix& mix, const Rounds& rounds, const TscClock& clock) {
    std::mutex preparing;
    const Task task{suite, tunnels, mix, rounds, clock, preparing};
    if (direction == Direction::kEncap) return joined(measure_each<Encap>(ports, cpus, task));
    return joined(measure_each<Decap>(ports, cpus, task));
}

}  // namespace esplane::bench
