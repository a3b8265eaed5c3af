#include "dataplane/link/link_header.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane {
namespace {

constexpr MacAddress kFrom{{2, 0, 0, 0, 0, 1}};
constexpr MacAddress kTo{{2, 0, 0, 0, 0, 2}};

/// What stands before a packet afterwards.
Bytes written(const LinkHeader& header) {
    Bytes octets(LinkHeader::kLongest + 1, 0xee);
    header.write(octets.data() + LinkHeader::kLongest);
    CHECK(octets.back() == 0xee);
    octets.pop_back();
    octets.erase(octets.begin(), octets.end() - static_cast<std::ptrdiff_t>(header.length()));
    return octets;
}

TEST_CASE("a link's header ends where the packet begins") {
    const LinkHeader header({.destination = kTo, .source = kFrom, .type = kEtherTypeIpv4});
    CHECK(written(header) == Bytes{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00});
}

TEST_CASE("a link's header has the tag of its VLAN") {
    const LinkHeader header({.destination = kTo, .source = kFrom, .type = kEtherTypeIpv6, .vlan = 7});
    CHECK(written(header) == Bytes{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00, 0, 7, 0x86, 0xdd});
}

}  // namespace
}  // namespace esplane::dataplane
