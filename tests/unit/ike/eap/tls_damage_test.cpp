// Whatever happens to the packets of EAP-TLS on their way, nobody proves themselves who could not without it, and
// either both sides have the same key or one of them has none.
#include <catch2/catch.hpp>

#include "tests/unit/ike/eap/damage.h"
#include "tests/unit/ike/eap/tls_sides.h"

namespace esplane::ike::eap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kPackets = 9;  // identity, start, two flights of each, the end

Wire damaged_at(std::size_t place, crypto::Random& random) {
    return [place, &random](std::size_t number, Bytes& packet) {
        if (number == place) damage(random, packet);
    };
}

TEST_CASE("An undamaged conversation of EAP-TLS has as many packets as damage is looked for in") {
    CHECK(talk_by_tls("alice", alice())->packets == kPackets);
}

TEST_CASE("Damage never makes a certificate another's") {
    crypto::SeededRandom random(7);
    for (std::size_t round = 0; round < 300; ++round) {
        const auto talk = talk_by_tls("bob", alice(), damaged_at(random.below(kPackets), random));
        REQUIRE(talk->server_end != Step::Kind::kSuccess);
        REQUIRE(talk->peer_end != Step::Kind::kSuccess);
        REQUIRE(talk->server->msk().empty());
        REQUIRE(talk->peer->msk().empty());
    }
}

TEST_CASE("Where damage to EAP-TLS does not matter, both have the same key all the same") {
    crypto::SeededRandom random(8);
    std::size_t failed = 0;
    for (std::size_t round = 0; round < 600; ++round) {
        const auto talk = talk_by_tls("alice", alice(), damaged_at(random.below(kPackets), random));
        const bool both = talk->server_end == Step::Kind::kSuccess && talk->peer_end == Step::Kind::kSuccess;
        if (both) REQUIRE(talk->succeeded());
        failed += both ? 0 : 1;
    }
    CHECK(failed > 400);
    CHECK(failed < 600);  // reserved flags, and texts that nobody reads
}

TEST_CASE("Damage to fragments is noticed") {
    const Certified peer = certified_at_length("long");
    const Certified server = certified_at_length("server.example.org");
    const std::size_t packets = talk_by_tls("long", peer, {}, server)->packets;
    CHECK(packets > 2 * kPackets);
    crypto::SeededRandom random(9);
    for (std::size_t round = 0; round < 100; ++round) {
        const auto talk = talk_by_tls("long", peer, damaged_at(random.below(packets), random), server);
        const bool both = talk->server_end == Step::Kind::kSuccess && talk->peer_end == Step::Kind::kSuccess;
        if (both) REQUIRE(talk->succeeded());
    }
}

}  // namespace
}  // namespace esplane::ike::eap
