#include "ike/core/status_cache.h"

#include <catch2/catch.hpp>

namespace esplane::ike {
namespace {

using std::chrono::seconds;

constexpr StatusCache::TimePoint kStart{};

TEST_CASE("one question for all who wait, whose answer all of them get once") {
    StatusCache cache;
    CHECK(cache.may_ask("a", kStart));
    CHECK(cache.wait("a", IkeSpi{1}));
    CHECK_FALSE(cache.wait("a", IkeSpi{2}));
    CHECK(cache.wait("b", IkeSpi{3}));
    CHECK(cache.waiting() == 3);
    CHECK(cache.put("a", {7}, kStart) == std::vector<IkeSpi>{IkeSpi{1}, IkeSpi{2}});
    CHECK(to_bytes(cache.response("a")) == Bytes{7});
    CHECK(cache.waiting() == 1);
    CHECK(cache.put("a", {8}, kStart).empty());
    CHECK(to_bytes(cache.response("a")) == Bytes{7});  // nobody asked for that
    CHECK(cache.response("b").empty());
}

TEST_CASE("nobody is asked twice within a minute, even if there was no answer") {
    StatusCache cache;
    for (const Bytes& answer : {Bytes{}, Bytes{1}}) {
        static_cast<void>(cache.wait("a", IkeSpi{1}));
        static_cast<void>(cache.put("a", answer, kStart + seconds(100)));
        CHECK_FALSE(cache.may_ask("a", kStart + seconds(159)));
        CHECK(cache.may_ask("a", kStart + seconds(160)));
    }
}

TEST_CASE("it does not grow without end: what was asked longest ago is forgotten") {
    StatusCache cache;
    for (int number = 0; number < 5000; ++number) {
        const std::string certificate = std::to_string(number);
        static_cast<void>(cache.wait(certificate, IkeSpi{1}));
        static_cast<void>(cache.put(certificate, {1}, kStart + seconds(number)));
    }
    CHECK(cache.size() == 4096);
    CHECK(cache.response("0").empty());
    CHECK_FALSE(cache.response("4999").empty());
}

}  // namespace
}  // namespace esplane::ike
