// Both pipelines pass every packet of every batch: else a figure would be of something else.
#include <catch2/catch.hpp>
#include <memory>

#include "benchmarks/machine.h"
#include "benchmarks/pipeline/decap.h"
#include "benchmarks/pipeline/encap.h"
#include "benchmarks/pipeline/measure.h"
#include "benchmarks/pipeline/ring_ports.h"

namespace esplane::bench {
namespace {

/// DPDK starts once in a process.
RingPorts& ring_ports() {
    static RingPorts ports(2);
    return ports;
}

RingWorker& ring_worker() {
    return ring_ports().worker(0);
}

TEMPLATE_TEST_CASE("every packet passes every stage", "", Encap, Decap) {
    for (const Suite& suite : suites()) {
        for (const char* size : {"40", "1420", "imix"}) {
            for (const std::uint32_t tunnels : {1U, 300U}) {
                INFO(suite.name() << ' ' << size << ' ' << tunnels);
                const auto flow = std::make_unique<TestType>(ring_worker(), suite, tunnels, *parse_mix(size), 64);
                RawCipher raw(suite);
                for (int batch = 0; batch < 4; ++batch) {
                    flow->prepare();
                    std::size_t laps = 0;
                    flow->run([&] { ++laps; });
                    CHECK(laps == TestType::kStages.size());
                    CHECK(flow->take_sent() == 64);
                    flow->prepare();
                    flow->run_singly();
                    CHECK(flow->take_sent() == 64);
                    flow->run_raw(raw);
                }
            }
        }
    }
}

TEST_CASE("two workers are measured at once, and their rates count together") {
    const auto cpus = usable_cpus();
    const TscClock clock{.hz = 2e9};
    const Rounds rounds{.batch = 16, .batches = 20, .warm_up = 2};
    for (const Direction direction : {Direction::kEncap, Direction::kDecap}) {
        // On one cpu they take turns, and wait for each other all the same.
        const std::vector<int> chosen{cpus.front(), cpus.back()};
        const PipelineResult result =
            measure(ring_ports(), chosen, direction, suites().front(), 10, *parse_mix("64"), rounds, clock);
        CHECK(result.workers == 2);
        CHECK(result.cycles_per_packet > 0);
        CHECK(result.mpps() == Approx(2 * 2e9 / result.cycles_per_packet / 1e6));
        CHECK(result.stages.size() > 6);
        CHECK(result.memory_bytes > 1000);
    }
}

TEST_CASE("a batch that is not sealed anew is a replay") {
    Decap flow(ring_worker(), suites().front(), 1, *parse_mix("64"), 32);
    flow.prepare();
    flow.run([] {});
    CHECK(flow.take_sent() == 32);
    flow.prepare_again();
    flow.run([] {});
    CHECK(flow.take_sent() == 0);
}

TEST_CASE("a suite is found by the name that it has in the configuration") {
    REQUIRE(find_suite("aes256gcm16") != nullptr);
    CHECK(find_suite("aes256gcm16")->encr == crypto::Encr{crypto::EncrId::kAesGcm16, 256});
    CHECK(find_suite("aes512gcm16") == nullptr);
    CHECK(find_suite("aes256") == nullptr);
    REQUIRE(find_suite("aes256-sha512") != nullptr);
    CHECK(find_suite("aes256-sha512")->encr == crypto::Encr{crypto::EncrId::kAesCbc, 256});
    CHECK(find_suite("aes256-sha512")->integ == crypto::IntegId::kHmacSha512_256);
    for (const char* name : {"aes128-sha256", "aes256-sha256", "chacha20poly1305"})
        CHECK(find_suite(name) != nullptr);
}

}  // namespace
}  // namespace esplane::bench
