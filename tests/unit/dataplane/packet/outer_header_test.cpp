#include "dataplane/packet/outer_header.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane {
namespace {

TEST_CASE("the outer DSCP is the inner one, a fixed one or zero; the ECN field is always copied") {
    struct Case {
        DscpPolicy policy;
        std::uint8_t inner, outer;
    };
    const Case cases[] = {
        {DscpPolicy::copy(), 0xb8, 0xb8},      {DscpPolicy::copy(), 0xbb, 0xbb},    {DscpPolicy::copy(), 0x00, 0x00},
        {DscpPolicy::fixed(10), 0xb8, 0x28},   {DscpPolicy::fixed(10), 0xb9, 0x29}, {DscpPolicy::fixed(63), 0x03, 0xff},
        {DscpPolicy::fixed(0xff), 0x00, 0xfc}, {DscpPolicy::zero(), 0xff, 0x03},    {DscpPolicy::zero(), 0xfc, 0x00}};
    for (const Case& c : cases) {
        INFO(int{c.inner} << " to " << int{c.outer});
        CHECK(c.policy.outer_traffic_class(c.inner) == c.outer);
    }
    CHECK(DscpPolicy::zero() == DscpPolicy::fixed(0));
    CHECK_FALSE(DscpPolicy::zero() == DscpPolicy::copy());
}

}  // namespace
}  // namespace esplane::dataplane
