#include "benchmarks/pipeline/measure.h"

#include <memory>
#include <stdexcept>

#include "benchmarks/pipeline/decap.h"
#include "benchmarks/pipeline/encap.h"
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

    void run() {
        for (std::size_t i = 0; i < rounds_.warm_up; ++i)
            once();
        whole_.clear();
        singly_.clear();
        raw_cipher_.clear();
        for (auto& samples : stages_)
            samples.clear();
        for (std::size_t i = 0; i < rounds_.batches; ++i)
            once();
    }

    void report(PipelineResult& result) const {
        result.cycles_per_packet = median(whole_);
        result.singly_cycles = median(singly_);
        result.raw_cipher_cycles = median(raw_cipher_);
        for (std::size_t i = 0; i < stages_.size(); ++i)
            result.stages.push_back({Flow::kStages[i], median(stages_[i])});
    }

  private:
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
    std::vector<double> singly_;
    std::vector<double> raw_cipher_;
    std::array<std::vector<double>, Flow::kStages.size()> stages_;
};

template <typename Flow>
PipelineResult measure_flow(RingPorts& ports, const Suite& suite, std::uint32_t tunnels, const Mix& mix,
                            const Rounds& rounds, const TscClock& clock) {
    const auto flow = std::make_unique<Flow>(ports, suite, tunnels, mix, rounds.batch);
    const auto raw = std::make_unique<RawCipher>(suite);
    PipelineResult result{.direction = Flow::kDirection,
                          .suite = suite.name(),
                          .size = mix.name,
                          .mean_length = mix.mean_length(rounds.batch),
                          .tunnels = tunnels,
                          .tsc_hz = clock.hz};
    Measurement<Flow> measurement(*flow, *raw, rounds, clock);
    measurement.run();
    measurement.report(result);
    return result;
}

}  // namespace

PipelineResult measure(RingPorts& ports, Direction direction, const Suite& suite, std::uint32_t tunnels, const Mix& mix,
                       const Rounds& rounds, const TscClock& clock) {
    if (direction == Direction::kEncap) return measure_flow<Encap>(ports, suite, tunnels, mix, rounds, clock);
    return measure_flow<Decap>(ports, suite, tunnels, mix, rounds, clock);
}

}  // namespace esplane::bench
