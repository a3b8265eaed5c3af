// Whole histories from a seed: loss, repetition, reordering, rekeys and restarts at random. When the network is healed,
// both ends must come to exactly one CHILD_SA that works, with nothing left over.

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

std::uint64_t seeds() {
    const char* wanted = std::getenv("ESPLANE_SIM_SEEDS");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 300;
}

void do_something(Pair& pair, crypto::SeededRandom& random) {
    Node& side = random.below(2) == 0 ? pair.left : pair.right;
    switch (random.below(8)) {
        case 0:
        case 1:
        case 2:
            side.command(ike::Rekey{"t", false});
            break;
        case 3:
        case 4:
            side.command(ike::Rekey{"t", true});
            break;
        case 5:
            side.command(ike::Down{"t"});
            side.command(ike::Up{"t"});
            break;
        default:
            for (int packet = 0; packet < 5; ++packet)
                pair.world.send_payload(side);
    }
}

void play(std::uint64_t seed) {
    crypto::SeededRandom random(seed ^ 0x5eed);
    Pair pair(seed);
    auto left = left_tunnel();
    auto right = right_tunnel();
    if (random.below(2) == 0) right.start = ike::StartMode::kAuto;
    pair.world.network.faults = {static_cast<double>(random.below(30)) / 100,
                                 static_cast<double>(random.below(30)) / 100, milliseconds(1 + random.below(20)),
                                 milliseconds(random.below(60))};
    pair.left.dataplane_latency = milliseconds(random.below(10));
    pair.right.dataplane_latency = milliseconds(random.below(10));
    pair.add(left, right);
    for (int act = 0; act < 12; ++act) {
        pair.world.run_for(milliseconds(random.below(act % 4 == 0 ? 4000 : 60)));
        do_something(pair, random);
    }
    pair.world.network.faults = {};
    pair.left.command(ike::Up{"t"});
    pair.right.command(ike::Up{"t"});
    pair.world.run_for(seconds(200));
    CHECK(pair.up());
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(side->dataplane().offences() == std::vector<std::string>{});
        CHECK(side->dataplane().children().size() == 1);
        CHECK(side->engine().counters().child_sas == 1);
        CHECK(side->engine().counters().ike_sas == 1);
        CHECK(side->engine().counters().half_open == 0);
        CHECK(side->answer(1) != nullptr);
    }
}

}  // namespace

TEST_CASE("from any seed both ends come to one CHILD_SA that works") {
    const std::uint64_t first =
        std::getenv("ESPLANE_SIM_FIRST") != nullptr ? std::strtoull(std::getenv("ESPLANE_SIM_FIRST"), nullptr, 10) : 1;
    for (std::uint64_t seed = first; seed < first + seeds(); ++seed) {
        INFO("ESPLANE_SIM_FIRST=" << seed << " ESPLANE_SIM_SEEDS=1 repeats this history");
        play(seed);
    }
}

}  // namespace esplane::sim
