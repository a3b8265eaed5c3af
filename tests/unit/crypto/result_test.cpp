#include "crypto/result.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "tests/unit/crypto/aborts.h"

namespace esplane {
namespace {

Result<int, std::string> half(int number) {
    if (number % 2 != 0) return Failure{std::string("odd")};
    return number / 2;
}

TEST_CASE("A result holds a value or an error") {
    const auto good = half(8);
    CHECK(good.ok());
    CHECK(good.value() == 4);
    CHECK(*good == 4);
    const auto bad = half(7);
    CHECK_FALSE(bad);
    CHECK(bad.error() == "odd");
}

TEST_CASE("A result tells value from error where both are of one type") {
    const Result<int, int> value = 1;
    const Result<int, int> error = Failure{1};
    CHECK(value.ok());
    CHECK_FALSE(error.ok());
}

TEST_CASE("A result passes on what can only be moved") {
    Result<std::unique_ptr<int>, int> result = std::make_unique<int>(5);
    CHECK(**result == 5);
    const std::unique_ptr<int> taken = std::move(result).value();
    CHECK(*taken == 5);
}

TEST_CASE("A result without a value is done or failed") {
    const Result<void, int> done;
    const Result<void, int> failed = Failure{3};
    CHECK(done.ok());
    CHECK_FALSE(failed);
    CHECK(failed.error() == 3);
}

TEST_CASE("Reading the wrong side of a result aborts") {
    CHECK(test::aborts([] { (void)half(7).value(); }));
    CHECK(test::aborts([] { (void)half(8).error(); }));
    CHECK(test::aborts([] { (void)Result<void, int>().error(); }));
}

}  // namespace
}  // namespace esplane
