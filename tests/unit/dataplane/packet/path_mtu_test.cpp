#include "dataplane/packet/path_mtu.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using test::after;

TEST_CASE("reports that lower, and reports that do not") {
    struct Case {
        Family outer;
        std::uint32_t link, reported, then;
    };
    const Case cases[] = {
        {Family::kIpv4, 1500, 1400, 1400}, {Family::kIpv4, 1500, 1500, 1500}, {Family::kIpv4, 1500, 9000, 1500},
        {Family::kIpv4, 1500, 576, 576},   {Family::kIpv4, 1500, 575, 576},   {Family::kIpv4, 1500, 0, 576},
        {Family::kIpv4, 500, 400, 500},    {Family::kIpv6, 1500, 1400, 1400}, {Family::kIpv6, 1500, 1280, 1280},
        {Family::kIpv6, 1500, 1279, 1500}, {Family::kIpv6, 1500, 0, 1500},    {Family::kIpv6, 1500, 0xffffffff, 1500}};
    for (const Case& c : cases) {
        INFO("link " << c.link << ", reported " << c.reported);
        PathMtu path(c.link);
        CHECK(path.bytes() == c.link);
        CHECK(path.lower(c.reported, c.outer, after({})) == (c.then < c.link));
        CHECK(path.bytes() == c.then);
        CHECK(path.is_lowered() == (c.then < c.link));
        CHECK(path.expires().has_value() == (c.then < c.link));
    }
}

TEST_CASE("a lowered MTU is never raised by a report, and wears off after ten minutes") {
    PathMtu path(1500);
    CHECK(path.lower(1300, Family::kIpv4, after({})));
    CHECK_FALSE(path.lower(1400, Family::kIpv4, after(minutes(1))));
    CHECK_FALSE(path.lower(1300, Family::kIpv4, after(minutes(2))));
    CHECK_FALSE(path.wear_off(after(minutes(10) - milliseconds(1))));
    CHECK(path.bytes() == 1300);
    CHECK(path.expires() == after(minutes(10)));
    CHECK(path.wear_off(after(minutes(10))));
    CHECK(path.bytes() == 1500);
    CHECK_FALSE(path.expires());
    // From then on anything less than the link's lowers.
    CHECK(path.lower(1400, Family::kIpv4, after(minutes(10))));
    CHECK(path.bytes() == 1400);
}

TEST_CASE("a report after ten minutes counts from the link's MTU, whether anybody has looked meanwhile or not") {
    PathMtu path(1500);
    CHECK(path.lower(1300, Family::kIpv4, after({})));
    CHECK(path.lower(1400, Family::kIpv4, after(minutes(11))));
    CHECK(path.bytes() == 1400);
}

TEST_CASE("each decrease begins the ten minutes anew") {
    PathMtu path(1500);
    CHECK(path.lower(1400, Family::kIpv6, after({})));
    CHECK(path.lower(1300, Family::kIpv6, after(minutes(9))));
    CHECK_FALSE(path.wear_off(after(minutes(18))));
    CHECK(path.wear_off(after(minutes(19))));
    CHECK(path.bytes() == 1500);
}

TEST_CASE("the link's MTU changes under a lowered path") {
    PathMtu path(1500);
    CHECK(path.lower(1300, Family::kIpv4, after({})));
    path.set_link(9000);
    CHECK(path.bytes() == 1300);
    path.set_link(1200);
    CHECK(path.bytes() == 1200);
    CHECK_FALSE(path.lower(1250, Family::kIpv4, after({})));
    CHECK_FALSE(path.wear_off(after(minutes(10))));
    CHECK(path.bytes() == 1200);
}

}  // namespace
}  // namespace esplane::dataplane
