#include "benchmarks/generate/text.h"

#include <fmt/format.h>

namespace esplane::bench::generate {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string sent(const Course& course) {
    return fmt::format("sent       {} in {:.3f} s, {:.4f} Mpps; {} more were due, and not sent\n", course.sent,
                       course.seconds, course.rate() / 1e6, course.missed);
}

}  // namespace

std::string to_text(const Traffic& traffic, const TrialResult& result) {
    const Latency latency = summarise(result.latency, result.hz);
    std::string text = sent(result.course);
    text += fmt::format("received   {}, {:.4f} Mpps, {:.3f} Gbps of IP packets\n", result.arrivals.received,
                        result.mpps(), traffic.mix.gbps(result.mpps()));
    text += fmt::format("lost       {} ({:.5f} %)\n", result.lost(), 100 * result.loss());
    text += fmt::format("reordered  {} ({:.5f} %), {} duplicates, {} damaged, {} of somebody else\n",
                        result.arrivals.reordered, share(result.arrivals.reordered, result.arrivals.received),
                        result.arrivals.duplicates, result.damaged, result.foreign);
    text += fmt::format(
        "latency    {:.1f} us the least, {:.1f} median, {:.1f} 90 %, {:.1f} 99 %, {:.1f} 99.9 %, {:.1f} the most\n",
        latency.least, latency.p50, latency.p90, latency.p99, latency.p999, latency.greatest);
    return text;
}

std::string to_text(const Course& course, const ReplayArrivals& arrivals) {
    return sent(course) + fmt::format("received   {}\nlost       {} ({:.5f} %)\n{} duplicates, {} of somebody else\n",
                                      arrivals.received, arrivals.lost, share(arrivals.lost, course.sent),
                                      arrivals.duplicates, arrivals.foreign);
}

}  // namespace esplane::bench::generate
