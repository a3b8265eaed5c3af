#include "dataplane/sa/volume.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane {
namespace {

TEST_CASE("limits of packets and of bytes, each reached for itself") {
    struct Case {
        std::uint64_t packets, bytes;
        bool due, used_up;
    };
    const VolumeLimits limits{.soft_packets = 90, .hard_packets = 100, .soft_bytes = 9000, .hard_bytes = 10000};
    for (const Case& c : {Case{0, 0, false, false}, Case{89, 8999, false, false}, Case{90, 0, true, false},
                          Case{0, 9000, true, false}, Case{99, 9999, true, false}, Case{100, 0, true, true},
                          Case{0, 10000, true, true}, Case{0, 10001, true, true}}) {
        INFO(c.packets << " packets, " << c.bytes << " bytes");
        Volume volume(limits);
        volume.packets.add(c.packets);
        volume.bytes.add(c.bytes);
        CHECK(volume.is_due() == c.due);
        CHECK(volume.is_used_up() == c.used_up);
    }
}

TEST_CASE("no limit is no limit") {
    Volume volume(VolumeLimits{});
    volume.packets.add(std::uint64_t{1} << 63);
    volume.bytes.add(std::uint64_t{1} << 63);
    CHECK_FALSE(volume.is_due());
    CHECK_FALSE(volume.is_used_up());
}

}  // namespace
}  // namespace esplane::dataplane
