#include "benchmarks/report/axis.h"

#include <catch2/catch.hpp>

namespace esplane::bench::report {
namespace {

std::vector<double> linear_ticks(std::vector<double> values) {
    return Axis::linear(values).ticks();
}

std::vector<double> logarithmic_ticks(std::vector<double> values) {
    return Axis::logarithmic(values).ticks();
}

TEST_CASE("a linear axis begins at zero and ends at a round number that no value exceeds") {
    using Catch::Matchers::Approx;
    CHECK_THAT(linear_ticks({3, 4.2}), Approx(std::vector<double>{0, 1, 2, 3, 4, 5}));
    CHECK_THAT(linear_ticks({100}), Approx(std::vector<double>{0, 20, 40, 60, 80, 100}));
    CHECK_THAT(linear_ticks({101}), Approx(std::vector<double>{0, 50, 100, 150}));
    CHECK_THAT(linear_ticks({0.03}), Approx(std::vector<double>{0, 0.01, 0.02, 0.03}));
    CHECK_THAT(linear_ticks({}), Approx(linear_ticks({1})));
    CHECK_THAT(linear_ticks({0, 0}), Approx(linear_ticks({1})));
    CHECK_THAT(Axis::linear(std::vector<double>{100}).position(25), Catch::Matchers::WithinRel(0.25));
}

TEST_CASE("a logarithmic axis is of whole decades") {
    using Catch::Matchers::Approx;
    CHECK_THAT(logarithmic_ticks({30, 0, 2000}), Approx(std::vector<double>{10, 100, 1000, 10000}));
    CHECK_THAT(logarithmic_ticks({10}), Approx(std::vector<double>{10, 100}));
    CHECK_THAT(logarithmic_ticks({}), Approx(std::vector<double>{1, 10}));
    CHECK_THAT(Axis::logarithmic(std::vector<double>{1, 1000}).position(10), Catch::Matchers::WithinRel(1.0 / 3));
}

}  // namespace
}  // namespace esplane::bench::report
