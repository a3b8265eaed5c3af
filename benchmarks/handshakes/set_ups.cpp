#include "benchmarks/handshakes/set_ups.h"

#include <numeric>
#include <stdexcept>

#include "benchmarks/handshakes/cpu_clock.h"
#include "benchmarks/handshakes/heap.h"
#include "benchmarks/handshakes/site.h"
#include "benchmarks/statistics.h"
#include "crypto/key_exchange.h"

namespace esplane::bench {
namespace {

/// What a responder cannot do without: a key pair of its own, and the secret that it shares with the peer's.
class PublicKeyAlone {
  public:
    double once() {
        bool done = false;
        const auto time = cpu_time_of([&] {
            const auto ours = crypto::KeyExchange::generate(crypto::DhId::kEcp256, random_);
            done = ours->derive(theirs_).has_value();
        });
        if (!done) throw std::runtime_error("a key exchange with a good public value failed");
        return microseconds(time);
    }

  private:
    crypto::SystemRandom random_;
    Bytes theirs_ = crypto::KeyExchange::generate(crypto::DhId::kEcp256, random_)->public_value();
};

}  // namespace

SetUpCost measure_set_ups(std::uint32_t established, std::uint32_t set_ups) {
    const std::uint32_t all = established + set_ups;
    std::vector<double> samples;
    std::vector<double> alone;
    samples.reserve(set_ups);
    alone.reserve(set_ups);
    PublicKeyAlone public_key;
    public_key.once();
    const double empty = heap_octets();
    ike::Options unlimited;
    unlimited.handshakes_per_second = 1'000'000'000;
    auto site = std::make_unique<Site>(all, unlimited);
    const double configured = heap_octets();
    for (std::uint32_t number = 1; number <= established; ++number) {
        site->start(number);
        site->converse();
    }
    for (std::uint32_t number = established + 1; number <= all; ++number) {
        site->gateway().take_cpu_time();
        site->start(number);
        site->converse();
        samples.push_back(microseconds(site->gateway().take_cpu_time()));
        alone.push_back(public_key.once());
    }
    site->require_established(all);
    site->forget_peers();
    return {.established = established,
            .set_ups = set_ups,
            .median_us = median(samples),
            .mean_us = std::accumulate(samples.begin(), samples.end(), 0.0) / set_ups,
            .public_key_us = median(alone),
            .octets_each = (heap_octets() - configured) / all,
            .octets_tunnel = (configured - empty) / all};
}

}  // namespace esplane::bench
