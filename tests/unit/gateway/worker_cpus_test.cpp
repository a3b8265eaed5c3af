#include "gateway/worker_cpus.h"

#include <catch2/catch.hpp>

namespace esplane::gateway {
namespace {

using Warnings = std::vector<std::string>;

/// Workers that run on these cpus.
std::vector<dataplane::WorkerStatus> running_on(const std::vector<int>& cpus) {
    std::vector<dataplane::WorkerStatus> workers;
    for (const int cpu : cpus)
        workers.push_back({.id = static_cast<int>(workers.size()), .cpu = cpu});
    return workers;
}

dataplane::Options on(const std::vector<int>& cpus) {
    dataplane::Options options;
    options.cpus = cpus;
    options.cpus_at = {"f.yaml:3:12"};
    return options;
}

TEST_CASE("workers that run where they are wanted need no warning") {
    CHECK(worker_warnings(on({-1}), running_on({-1}), {0, 1}).empty());
    CHECK(worker_warnings(on({-1, -1}), running_on({-1, -1}), {0, 1}).empty());
    CHECK(worker_warnings(on({1, 0}), running_on({1, 0}), {0, 1}).empty());
}

TEST_CASE("a worker that is not on its cpu is warned of, with the cpus that there are") {
    CHECK(worker_warnings(on({0, 7}), running_on({0, -1}), {0, 1}) ==
          Warnings{"f.yaml:3:12: worker 1 is not pinned to cpu 7, which this host does not have or does not let "
                   "esplane use; it runs "
                   "on any. Write some of [0, 1] as gateway.workers"});
}

TEST_CASE("more workers than cpus are warned of") {
    CHECK(worker_warnings(on({-1, -1, -1}), running_on({-1, -1, -1}), {0, 1}) ==
          Warnings{"f.yaml:3:12: 3 workers share 2 cpus, and wait for each other: write 2 or less as gateway.workers"});
    // Where the kernel does not say, there is nothing to compare with.
    CHECK(worker_warnings(on({-1, -1}), running_on({-1, -1}), {}).empty());
}

TEST_CASE("this process runs on some cpu") {
    CHECK_FALSE(allowed_cpus().empty());
}

}  // namespace
}  // namespace esplane::gateway
