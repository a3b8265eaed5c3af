#include "benchmarks/report/order.h"

#include <catch2/catch.hpp>

namespace esplane::bench::report {
namespace {

TEST_CASE("sizes stand by their number, mixtures last") {
    std::vector<std::string> sizes{"imix", "1420", "64", "9000", "128", "bursty"};
    std::sort(sizes.begin(), sizes.end(), size_before);
    CHECK(sizes == std::vector<std::string>{"64", "128", "1420", "9000", "bursty", "imix"});
}

TEST_CASE("a figure has the digits that count") {
    CHECK(figure(0) == "0.00");
    CHECK(figure(1.234) == "1.23");
    CHECK(figure(12.34) == "12.3");
    CHECK(figure(1234.5) == "1234");
    CHECK(change(200, 250) == "+25.0 %");
    CHECK(change(200, 150) == "-25.0 %");
    CHECK(change(0, 150) == "-");
}

}  // namespace
}  // namespace esplane::bench::report
