#include "dataplane/tunnel_placement.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/children.h"

namespace esplane::dataplane {
namespace {

TunnelPolicy policy_of(std::uint32_t id) {
    TunnelPolicy policy = test::tunnel_policy();
    policy.id = TunnelId{id};
    return policy;
}

TEST_CASE("a new tunnel goes to the worker with the fewest") {
    TunnelPlacement placement(3);
    CHECK(placement.place(TunnelId{1}) == WorkerId{0});
    CHECK(placement.place(TunnelId{2}) == WorkerId{1});
    CHECK(placement.place(TunnelId{3}) == WorkerId{2});
    CHECK(placement.place(TunnelId{4}) == WorkerId{0});
    placement.leave(TunnelId{2});
    CHECK(placement.owner(TunnelId{2}) == std::nullopt);
    CHECK(placement.place(TunnelId{5}) == WorkerId{1});
    CHECK(placement.owner(TunnelId{5}) == WorkerId{1});
    // One that has left does not leave again.
    placement.leave(TunnelId{2});
    CHECK(placement.place(TunnelId{6}) == WorkerId{1});
    CHECK(placement.owner(TunnelId{9}) == std::nullopt);
}

TEST_CASE("a tunnel goes to the worker that it is wanted at, and counts there") {
    TunnelPlacement placement(2);
    CHECK(placement.place(TunnelId{1}, WorkerId{1}) == WorkerId{1});
    CHECK(placement.place(TunnelId{2}, WorkerId{1}) == WorkerId{1});
    CHECK(placement.place(TunnelId{3}) == WorkerId{0});
    CHECK(placement.place(TunnelId{4}) == WorkerId{0});
    CHECK(placement.owner(TunnelId{2}) == WorkerId{1});
}

TEST_CASE("drops are those of all workers, as long as any of them counts") {
    TunnelPlacement placement(2);
    placement.place(TunnelId{1});
    TunnelState here(policy_of(1));
    TunnelState there(policy_of(1), WorkerId{0});
    placement.hand_out(WorkerId{0}, here);
    placement.hand_out(WorkerId{1}, there);
    here.drops.count(DropReason::kNoSa, 2);
    there.drops.count(DropReason::kNoSa, 3);
    there.drops.count(DropReason::kHandoffFull);
    CHECK(placement.drops(TunnelId{1}, DropReason::kNoSa) == 5);
    CHECK(placement.drops(TunnelId{1}, DropReason::kHandoffFull) == 1);
    CHECK(placement.drops(TunnelId{2}, DropReason::kNoSa) == 0);
    placement.leave(TunnelId{1});
    placement.came_back(WorkerId{1}, there);
    CHECK(placement.drops(TunnelId{1}, DropReason::kNoSa) == 2);
    placement.came_back(WorkerId{0}, here);
    CHECK(placement.drops(TunnelId{1}, DropReason::kNoSa) == 0);
    placement.came_back(WorkerId{0}, here);
}

}  // namespace
}  // namespace esplane::dataplane
