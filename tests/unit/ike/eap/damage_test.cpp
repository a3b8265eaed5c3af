// Whatever happens to the packets on their way, nobody proves themselves who could not without it.
#include "tests/unit/ike/eap/damage.h"

#include <catch2/catch.hpp>

#include "tests/unit/ike/eap/both_sides.h"

namespace esplane::ike::eap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kPackets = 7;

TEST_CASE("Damage never makes a wrong password right") {
    crypto::SeededRandom random(7);
    for (std::size_t round = 0; round < 3000; ++round) {
        const std::size_t place = random.below(kPackets);
        const auto talk = talk_by_password("alice", "wrong", [&](std::size_t number, Bytes& packet) {
            if (number == place) damage(random, packet);
        });
        REQUIRE(talk->server_end != Step::Kind::kSuccess);
        REQUIRE(talk->peer_end != Step::Kind::kSuccess);
        REQUIRE(talk->server->msk().empty());
        REQUIRE(talk->peer->msk().empty());
    }
}

TEST_CASE("Where damage does not matter, both have the same key all the same") {
    crypto::SeededRandom random(8);
    std::size_t succeeded = 0;
    std::size_t failed = 0;
    for (std::size_t round = 0; round < 3000; ++round) {
        const std::size_t place = random.below(kPackets);
        const auto talk = talk_by_password("alice", "Wonderland", [&](std::size_t number, Bytes& packet) {
            if (number == place) damage(random, packet);
        });
        const bool both = talk->server_end == Step::Kind::kSuccess && talk->peer_end == Step::Kind::kSuccess;
        if (both) REQUIRE(talk->succeeded());
        both ? ++succeeded : ++failed;
    }
    CHECK(succeeded > 100);  // texts that nobody reads
    CHECK(failed > 1000);
}

TEST_CASE("Every packet cut anywhere, or longer by one, is refused or ignored") {
    for (std::size_t place = 0; place < kPackets; ++place) {
        std::size_t size = 1;
        for (std::size_t cut = 0; cut <= size; ++cut) {
            INFO("packet " << place << " cut to " << cut);
            const auto talk = talk_by_password("alice", "Wonderland", [&](std::size_t number, Bytes& packet) {
                if (number != place) return;
                size = packet.size();
                packet.resize(cut < size ? cut : size + 1);
            });
            CHECK_FALSE(talk->succeeded());
        }
    }
}

}  // namespace
}  // namespace esplane::ike::eap
