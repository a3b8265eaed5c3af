#include "dataplane/sa/drop_reason.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace esplane::dataplane {
namespace {

TEST_CASE("each reason has a name of its own, fit for a metric's label") {
    std::set<std::string_view> names;
    for (const std::string_view name : kDropReasonNames) {
        INFO(name);
        CHECK(names.insert(name).second);
        CHECK_FALSE(name.empty());
        CHECK(std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
    }
    CHECK(names.size() == kDropReasonCount);
}

TEST_CASE("names that operators rely on") {
    CHECK(name(DropReason::kNoPolicy) == "no_policy");
    CHECK(name(DropReason::kNoSa) == "no_sa");
    CHECK(name(DropReason::kReplay) == "replay");
    CHECK(name(DropReason::kBadIcv) == "bad_icv");
}

TEST_CASE("a drop is counted under its reason only") {
    DropCounters counters;
    counters.count(DropReason::kReplay);
    counters.count(DropReason::kReplay);
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
        const auto reason = static_cast<DropReason>(i);
        CHECK(counters.read(reason) == (reason == DropReason::kReplay ? 2U : 0U));
    }
}

}  // namespace
}  // namespace esplane::dataplane
