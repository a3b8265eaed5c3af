#include "dataplane/sa/selector.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::address;

TrafficSelector range(const char* first, const char* last, std::uint8_t protocol = 0, std::uint16_t first_port = 0,
                      std::uint16_t last_port = 65535) {
    return {address(first), address(last), protocol, first_port, last_port};
}

TrafficSelector prefix(const char* text) {
    return TrafficSelector::from_prefix(*Prefix::parse(text));
}

TEST_CASE("a selector of a prefix spans it, any protocol and port") {
    CHECK(prefix("10.0.0.0/8") == range("10.0.0.0", "10.255.255.255"));
    CHECK(prefix("10.1.2.3/32") == range("10.1.2.3", "10.1.2.3"));
    CHECK(prefix("::/0") == range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    CHECK(prefix("10.0.0.0/8").any_port());
    CHECK_FALSE(range("10.0.0.1", "10.0.0.1", 6, 1).any_port());
    CHECK_FALSE(range("10.0.0.1", "10.0.0.1", 6, 0, 65534).any_port());
}

TEST_CASE("what two selectors both allow") {
    const TrafficSelector wide = prefix("10.0.0.0/8");
    const TrafficSelector narrow = range("10.1.0.0", "10.1.0.9", 6, 400, 500);
    CHECK(wide.intersect(narrow) == narrow);
    CHECK(narrow.intersect(wide) == narrow);
    CHECK(wide.intersect(wide) == wide);
    CHECK(range("10.0.0.1", "10.0.0.9").intersect(range("10.0.0.5", "10.0.0.20")) == range("10.0.0.5", "10.0.0.9"));
    CHECK(range("10.0.0.1", "10.0.0.9").intersect(range("10.0.0.9", "10.0.0.20")) == range("10.0.0.9", "10.0.0.9"));
    CHECK(range("10.0.0.1", "10.0.0.1", 6, 1, 100).intersect(range("10.0.0.1", "10.0.0.1", 0, 50, 200)) ==
          range("10.0.0.1", "10.0.0.1", 6, 50, 100));
}

TEST_CASE("selectors with nothing in common") {
    CHECK_FALSE(prefix("10.0.0.0/8").intersect(prefix("11.0.0.0/8")));
    CHECK_FALSE(prefix("0.0.0.0/0").intersect(prefix("::/0")));
    CHECK_FALSE(range("10.0.0.1", "10.0.0.8").intersect(range("10.0.0.9", "10.0.0.20")));
    CHECK_FALSE(range("10.0.0.1", "10.0.0.1", 6).intersect(range("10.0.0.1", "10.0.0.1", 17)));
    CHECK_FALSE(range("10.0.0.1", "10.0.0.1", 6, 1, 99).intersect(range("10.0.0.1", "10.0.0.1", 6, 100, 200)));
}

TEST_CASE("a selector contains what it allows all of") {
    CHECK(prefix("10.0.0.0/8").contains(prefix("10.1.0.0/16")));
    CHECK_FALSE(prefix("10.1.0.0/16").contains(prefix("10.0.0.0/8")));
    CHECK(prefix("10.0.0.0/8").contains(range("10.0.0.1", "10.0.0.1", 6, 5, 6)));
    // A selector of one protocol does not allow all that one of any protocol does.
    CHECK_FALSE(range("10.0.0.0", "10.255.255.255", 6).contains(prefix("10.1.0.0/16")));
    CHECK_FALSE(range("10.0.0.0", "10.255.255.255", 6, 1, 5).contains(range("10.0.0.1", "10.0.0.1", 6, 1, 6)));
    CHECK_FALSE(prefix("0.0.0.0/0").contains(prefix("::/0")));
}

TEST_CASE("intersection agrees with a model that looks at each point") {
    crypto::SeededRandom random(0x5e1);
    const auto make = [&random] {
        const auto a = static_cast<std::uint32_t>(random.below(8));
        const auto b = static_cast<std::uint32_t>(random.below(8));
        const auto p = static_cast<std::uint16_t>(random.below(6));
        const auto q = static_cast<std::uint16_t>(random.below(6));
        return TrafficSelector{IpAddress::v4(std::min(a, b)), IpAddress::v4(std::max(a, b)),
                               static_cast<std::uint8_t>(random.below(3)), std::min(p, q), std::max(p, q)};
    };
    const auto allows = [](const TrafficSelector& s, std::uint32_t host, std::uint8_t protocol, std::uint16_t port) {
        const IpAddress at = IpAddress::v4(host);
        return s.first <= at && at <= s.last && (s.protocol == 0 || s.protocol == protocol) && s.first_port <= port &&
               port <= s.last_port;
    };
    for (int round = 0; round < 3000; ++round) {
        const TrafficSelector a = make();
        const TrafficSelector b = make();
        const auto common = a.intersect(b);
        INFO("round " << round << ": " << a.to_string() << " and " << b.to_string());
        bool right = true;
        for (std::uint32_t host = 0; host < 8; ++host) {
            for (std::uint8_t protocol = 1; protocol < 3; ++protocol) {
                for (std::uint16_t port = 0; port < 6; ++port) {
                    const bool both = allows(a, host, protocol, port) && allows(b, host, protocol, port);
                    right = right && both == (common && allows(*common, host, protocol, port));
                }
            }
        }
        CHECK(right);
    }
}

TEST_CASE("selectors as text") {
    CHECK(prefix("10.0.0.0/16").to_string() == "10.0.0.0/16");
    CHECK(range("10.0.0.1", "10.0.0.9", 6, 443, 443).to_string() == "10.0.0.1-10.0.0.9[tcp/443]");
    CHECK(range("10.0.0.0", "10.0.0.255", 17, 5, 9).to_string() == "10.0.0.0/24[udp/5-9]");
    CHECK(range("10.0.0.1", "10.0.0.1", 1).to_string() == "10.0.0.1/32[icmp]");
    CHECK(range("::1", "::1", 58).to_string() == "::1/128[icmpv6]");
    CHECK(range("10.0.0.1", "10.0.0.1", 132).to_string() == "10.0.0.1/32[sctp]");
    CHECK(range("10.0.0.1", "10.0.0.1", 0, 5, 5).to_string() == "10.0.0.1/32[any/5]");
    CHECK(to_string({prefix("10.0.0.0/8"), prefix("::/0")}) == "10.0.0.0/8, ::/0");
    CHECK(to_string(std::vector<TrafficSelector>{}).empty());
}

}  // namespace
}  // namespace esplane::dataplane
