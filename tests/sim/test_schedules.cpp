// All orders in which the datagrams of two exchanges that cross can arrive, with one of them lost, repeated, overtaken
// or late (RFC 7296 2.8.1, 2.8.2, 2.25): whatever happens, both ends come to the same one CHILD_SA for each policy.
//
// ESPLANE_SIM_HISTORY=... replays one history; ESPLANE_SIM_LONGEST=... lets more deliveries be chosen.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/sim/sanitized.h"
#include "tests/sim/schedule.h"

namespace esplane::sim {

namespace {

/// How many deliveries are chosen. Two exchanges that cross on one IKE SA are eight datagrams with their Deletes, ten
/// with one repeated: all of them. A negotiation from the ground up shares with others only the tunnel; what its first
/// messages meet there is met within these bounds, and what comes later arrives in order. ESPLANE_SIM_LONGEST=8 takes
/// two minutes for that, of which two restarts take most: a hundred thousand histories.
std::size_t longest(const Scene& scene) {
    if (const char* wanted = std::getenv("ESPLANE_SIM_LONGEST")) return std::strtoull(wanted, nullptr, 10);
    const auto both = [&](Act act) { return scene.left == act && scene.right == act; };
    if (both(Act::kRestart)) return 3;
    if (scene.left == Act::kRestart || scene.right == Act::kRestart) return 4;
    return both(Act::kInitiate) ? 6 : 12;
}

/// Under a sanitizer few: every scene and every mishap, and what comes after in order.
std::size_t longest_with_mishaps(const Scene& scene) {
    return kSanitized ? std::min<std::size_t>(3, longest(scene)) : longest(scene);
}

/// Plays every schedule of `scene` and notes those that end badly.
struct Player {
    std::size_t histories = 0;
    std::vector<std::string> failures;

    /// The highest number of datagrams that left and right have sent.
    std::pair<unsigned, unsigned> play(const Scene& scene) {
        std::pair<unsigned, unsigned> sent{0, 0};
        play_all(scene, longest_with_mishaps(scene), [&](History& history) {
            ++histories;
            sent.first = std::max(sent.first, history.sent(true));
            sent.second = std::max(sent.second, history.sent(false));
            const std::string script = to_string(history.script());
            const std::string wrong = history.outcome();
            if (!wrong.empty()) failures.push_back("ESPLANE_SIM_HISTORY=" + script + ": " + wrong);
            return failures.size() < 5;
        });
        return sent;
    }

    void play_with_mishaps(Scene scene) {
        const auto [left, right] = play(scene);
        for (const Mishap mishap : kMishaps) {
            for (const bool of_left : {true, false}) {
                for (unsigned number = 1; number <= (of_left ? left : right) && failures.empty(); ++number) {
                    scene.mishap = mishap;
                    scene.of_left = of_left;
                    scene.number = number;
                    play(scene);
                }
            }
        }
    }
};

bool makes_nonces(Act act) {
    return act == Act::kRekeyChild || act == Act::kRekeyIke || act == Act::kInitiate;
}

/// The nonces decide: each side had the other's request, and answered it, before it had the answer to its own.
/// IKE_SA_INIT and IKE_AUTH are two requests; both must cross.
bool crossed(const History& history, unsigned requests) {
    std::vector<unsigned> at_left, at_right;
    for (const History::Name& name : history.arrived())
        (name.from_left ? at_right : at_left).push_back(name.number);
    for (const auto& at : {at_left, at_right}) {
        for (unsigned number = 1; number < 2 * requests; ++number) {
            if (at.size() < number || at[number - 1] != number) return false;
        }
    }
    return true;
}

/// Whether what is left after two acts of one kind was made by the left side.
bool left_made_it(History& history, Act act) {
    const Node& left = history.pair().left;
    if (act != Act::kRekeyChild) return left.status().ike->initiator;
    return !left.dataplane().outbound(dataplane::TunnelId{1})->asked_by_peer;
}

}  // namespace

TEST_CASE("two acts that cross, in every order, with every mishap, come to one CHILD_SA for each policy",
          "[schedules]") {
    if (std::getenv("ESPLANE_SIM_HISTORY") != nullptr) return;
    const Act left = GENERATE(from_range(std::begin(kActs), std::end(kActs)));
    const Act right = GENERATE(from_range(std::begin(kActs), std::end(kActs)));
    Player player;
    for (const Lowest lowest : kLowest) {
        player.play_with_mishaps({.left = left, .right = right, .lowest = lowest});
        // Nobody compares them.
        if (!makes_nonces(left) || !makes_nonces(right)) break;
    }
    INFO(player.histories << " histories");
    CHECK(player.failures == std::vector<std::string>{});
    CHECK(player.histories >= 40);
}

TEST_CASE("of two acts that cross, the lowest of the four nonces says in every order which one goes") {
    const Act act = GENERATE(Act::kRekeyChild, Act::kRekeyIke, Act::kInitiate);
    for (const Lowest lowest : kLowest) {
        const bool left_wins = lowest == Lowest::kRightRequest || lowest == Lowest::kAnswerToRight;
        const Scene scene{.left = act, .right = act, .lowest = lowest};
        INFO(to_string(Script{scene, ""}));
        std::size_t decided = 0;
        play_all(scene, longest(scene), [&](History& history) {
            const bool by_nonces = crossed(history, act == Act::kInitiate ? 2 : 1);
            CHECK(history.outcome() == "");
            if (!by_nonces) return true;
            ++decided;
            CHECK(left_made_it(history, act) == left_wins);
            return true;
        });
        CHECK(decided > 0);
    }
}

TEST_CASE("histories that came to a bad end once") {
    const char* const scripts[] = {
        "rekey_child/restart/0/none-left-0/0000",  // the down was never answered
        "rekey_ike/initiate/0/none-left-0/0000",   // nor the rekey
    };
    for (const char* text : scripts) {
        INFO(text);
        const auto script = parse_script(text);
        REQUIRE(script);
        CHECK(to_string(*script) == text);
        CHECK(replay(*script) == "");
    }
}

TEST_CASE("a history that the environment names") {
    const char* text = std::getenv("ESPLANE_SIM_HISTORY");
    if (text == nullptr) return;
    const auto script = parse_script(text);
    REQUIRE(script);
    CHECK(replay(*script) == "");
}

}  // namespace esplane::sim
