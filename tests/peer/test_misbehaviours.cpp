// A peer that is authentic and hostile: every misbehaviour of the table is answered as it should be, leaves nothing
// behind that policy does not allow, and an honest peer can connect afterwards.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/peer/misbehaviours.h"

namespace esplane::peer {

namespace {

bool is_heard(Scene& scene, Wire wire) {
    const auto chains = scene.heard_chains();
    const auto any = [&](auto holds) { return std::any_of(chains.begin(), chains.end(), holds); };
    switch (wire.kind) {
        case Wire::Kind::kSilence:
            return scene.heard.empty();
        case Wire::Kind::kSays:
            return any([&](const Chain& chain) { return find_notify(chain, wire.notify) != nullptr; });
        case Wire::Kind::kAgrees:
            return any([](const Chain& chain) { return find(chain, kSa) != nullptr && !has_error(chain); });
        case Wire::Kind::kPlain:
            return any([](const Chain& chain) { return find(chain, kSa) == nullptr && !has_error(chain); });
        case Wire::Kind::kDeletes:
            return any([](const Chain& chain) { return find(chain, kDelete) != nullptr; });
    }
    return false;
}

After state_of(const Scene& scene) {
    const auto current = sim::current_children(scene.engine).size();
    if (current > 1) return After::kMore;
    if (current == 1) return After::kStands;
    return scene.engine.status().ike ? After::kBare : After::kNothing;
}

void check(const Misbehaviour& each) {
    Scene scene(each.stage);
    each.act(scene);
    CHECK(is_heard(scene, each.wire));
    CHECK(state_of(scene) == each.after);
    if (each.after == After::kNothing) CHECK(scene.engine.dataplane().children().empty());
    CHECK(scene.broken() == "");
    const auto error = scene.engine.status().last_error;
    CHECK((error ? error->code : "") == std::string(each.code == nullptr ? "" : each.code));
    CHECK(scene.honest_peer_fails() == "");
    CHECK(scene.broken() == "");
    scene.world.run_for(std::chrono::minutes(2));
    CHECK(scene.broken() == "");
    CHECK(scene.engine.engine().counters().half_open == 0);
}

}  // namespace

TEST_CASE("the separate peer and the engine agree when both are honest") {
    for (const Stage stage : {Stage::kGuest, Stage::kHost}) {
        Scene scene(stage);
        CHECK(state_of(scene) == After::kStands);
        CHECK(scene.broken() == "");
        scene.ask(kCreateChild, scene.peer.child_rekey_chain(scene.peer.children.back().spi_in));
        CHECK(is_heard(scene, kAgrees));
        CHECK(scene.engine.dataplane().children().size() == 2);
        CHECK(scene.broken() == "");
    }
}

TEST_CASE("the separate peer and the engine agree on a rekeyed IKE SA") {
    Scene scene(Stage::kGuest);
    const Chain request = scene.peer.ike_rekey_chain();
    scene.ask(kCreateChild, request);
    const auto answers = scene.heard_chains();
    REQUIRE(answers.size() == 1);
    REQUIRE(scene.peer.follow_ike_rekey(request, answers.front(), true));
    scene.next_id = 0;
    scene.ask(kCreateChild, scene.peer.child_chain());
    CHECK(is_heard(scene, kAgrees));
    CHECK(scene.broken() == "");
}

TEST_CASE("what hostile peers do") {
    std::set<std::string> names;
    for (const auto& table : {misbehaviours_of_strangers(), misbehaviours_before_auth(), misbehaviours_of_guests(),
                              misbehaviours_as_responder()}) {
        for (const Misbehaviour& each : table) {
            INFO(each.name);
            CHECK(names.insert(each.name).second);
            check(each);
        }
    }
    CHECK(names.size() >= 80);
}

}  // namespace esplane::peer
