#include "dataplane/io/datagram_train.h"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/unit/dataplane/support/outer_paths.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

Slot slot(std::uint32_t length, std::uint16_t port = 4500, Encapsulation encapsulation = Encapsulation::kUdp) {
    return {.length = length,
            .outer = test::outer_path(
                {.local = {test::address("192.0.2.1"), 4500}, .remote = {test::address("192.0.2.2"), port}},
                encapsulation)};
}

Slot with_traffic_class(std::uint8_t traffic_class) {
    Slot made = slot(100);
    made.traffic_class = traffic_class;
    return made;
}

Slot with_dont_fragment() {
    Slot made = slot(100);
    made.dont_fragment = true;
    return made;
}

TEST_CASE("a train is what goes to one place in one length, the last of it shorter at most") {
    struct Case {
        const char* what;
        std::vector<Slot> slots;
        std::size_t length;
    };
    const std::vector<Case> cases = {
        {"one", {slot(100)}, 1},
        {"all alike", {slot(100), slot(100), slot(100)}, 3},
        {"a shorter last", {slot(100), slot(100), slot(60), slot(100)}, 3},
        {"a longer one", {slot(100), slot(101)}, 1},
        {"another place", {slot(100), slot(100, 4501), slot(100)}, 1},
        {"another DSCP", {slot(100), with_traffic_class(0xb8), with_traffic_class(0xb8)}, 1},
        {"another ECN", {with_traffic_class(2), with_traffic_class(2), with_traffic_class(3)}, 2},
        {"one with DF", {slot(100), slot(100), with_dont_fragment()}, 2},
        {"one without DF", {with_dont_fragment(), with_dont_fragment(), slot(100)}, 2},
        {"raw ESP", {slot(100, 0, Encapsulation::kNone), slot(100, 0, Encapsulation::kNone)}, 1},
        {"raw ESP behind", {slot(100), slot(100, 4500, Encapsulation::kNone)}, 1},
        {"empty", {slot(0), slot(0)}, 1},
        {"larger than half a datagram", {slot(40'000), slot(40'000)}, 1},
        {"larger than a datagram", {slot(70'000), slot(70'000)}, 1},
        {"full by octets", std::vector<Slot>(64, slot(1500)), 43},
        {"full by number", std::vector<Slot>(100, slot(100)), 64},
    };
    for (const Case& each : cases) {
        INFO(each.what);
        CHECK(train_length(each.slots) == each.length);
    }
}

}  // namespace
}  // namespace esplane::dataplane
