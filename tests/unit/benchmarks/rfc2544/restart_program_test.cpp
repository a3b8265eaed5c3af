#include "benchmarks/rfc2544/restart_program.h"

#include <catch2/catch.hpp>
#include <thread>

namespace esplane::bench::rfc2544 {
namespace {

void wait_for(RestartProgram& program) {
    while (!program.has_ended())
        std::this_thread::yield();
}

TEST_CASE("a program that restarts the gateway has ended, or failed, or cannot be run") {
    RestartProgram good("/bin/true");
    good.begin();
    CHECK_NOTHROW(wait_for(good));
    RestartProgram bad("/bin/false");
    bad.begin();
    CHECK_THROWS_WITH(wait_for(bad), Catch::Contains("/bin/false failed"));
    CHECK_THROWS_WITH(RestartProgram("/nowhere/restart").begin(), Catch::Contains("No such file"));
}

}  // namespace
}  // namespace esplane::bench::rfc2544
