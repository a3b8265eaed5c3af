// Post-quantum pre-shared keys (RFC 8784).

#include <catch2/catch.hpp>

#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

enum class Have { kNone, kOptional, kRequired, kAnotherName, kAnotherKey };

std::shared_ptr<const ike::Ppk> ppk(Have have) {
    if (have == Have::kNone) return nullptr;
    ike::Ppk made;
    made.id = have == Have::kAnotherName ? "other" : "ppk-1";
    made.key = crypto::Secret(as_bytes(have == Have::kAnotherKey ? "another key" : "a key of enough octets"));
    made.required = have == Have::kRequired;
    return std::make_shared<const ike::Ppk>(std::move(made));
}

}  // namespace

TEST_CASE("a PPK is used where both have it, and done without only where both allow it") {
    enum class Outcome { kWith, kWithout, kRefused };
    struct Case {
        Have left;
        Have right;
        Outcome outcome;
    };
    for (const Case& each : {
             Case{Have::kNone, Have::kNone, Outcome::kWithout},
             Case{Have::kOptional, Have::kOptional, Outcome::kWith},
             Case{Have::kRequired, Have::kRequired, Outcome::kWith},
             Case{Have::kRequired, Have::kOptional, Outcome::kWith},
             Case{Have::kOptional, Have::kRequired, Outcome::kWith},
             Case{Have::kOptional, Have::kNone, Outcome::kWithout},
             Case{Have::kNone, Have::kOptional, Outcome::kWithout},
             Case{Have::kRequired, Have::kNone, Outcome::kRefused},
             Case{Have::kNone, Have::kRequired, Outcome::kRefused},
             Case{Have::kOptional, Have::kAnotherName, Outcome::kWithout},
             Case{Have::kRequired, Have::kAnotherName, Outcome::kRefused},
             Case{Have::kAnotherName, Have::kRequired, Outcome::kRefused},
             Case{Have::kOptional, Have::kAnotherKey, Outcome::kRefused},
             Case{Have::kRequired, Have::kAnotherKey, Outcome::kRefused},
         }) {
        INFO("left " << static_cast<int>(each.left) << ", right " << static_cast<int>(each.right));
        Pair pair;
        auto left = left_tunnel();
        auto right = right_tunnel();
        left.ppk = ppk(each.left);
        right.ppk = ppk(each.right);
        pair.add(left, right);
        pair.world.run_for(seconds(5));
        if (each.outcome == Outcome::kRefused) {
            CHECK_FALSE(pair.up());
            CHECK(pair.left.dataplane().children().empty());
            CHECK(pair.right.dataplane().children().empty());
            CHECK_FALSE(pair.left.last_error().empty());
            continue;
        }
        REQUIRE(pair.up());
        for (Node* side : {&pair.left, &pair.right})
            CHECK(side->status().ike->ppk == (each.outcome == Outcome::kWith));
        // The keys of a rekeyed IKE SA come of those of the old one: both must have them.
        for (const bool ike : {true, false}) {
            const auto rekey = pair.right.command(ike::Rekey{"t", ike});
            CHECK(pair.world.run_until([&] { return pair.right.answer(rekey) != nullptr; }, seconds(10)));
            CHECK(pair.right.answer(rekey)->ok);
        }
        pair.world.run_for(seconds(10));
        CHECK(pair.up());
        CHECK(pair.left.status().ike->ppk == (each.outcome == Outcome::kWith));
    }
}

TEST_CASE("what is missing of a PPK is said on the side that insists") {
    for (const bool left_insists : {false, true}) {
        Pair pair;
        auto left = left_tunnel();
        auto right = right_tunnel();
        (left_insists ? left : right).ppk = ppk(Have::kRequired);
        pair.add(left, right);
        pair.world.run_for(seconds(5));
        const std::string error = (left_insists ? pair.left : pair.right).last_error();
        CHECK(error.substr(0, error.find(':')) == "no_common_ppk");
    }
}

}  // namespace esplane::sim
