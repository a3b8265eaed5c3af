#include "ike/core/pool.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "crypto/random.h"

namespace esplane::ike {
namespace {

using Addresses = std::vector<IpAddress>;

std::vector<Prefix> prefixes(std::initializer_list<const char*> texts) {
    std::vector<Prefix> made;
    for (const char* text : texts)
        made.push_back(Prefix::parse(text).value());
    return made;
}

Addresses addresses(std::initializer_list<const char*> texts) {
    Addresses made;
    for (const char* text : texts)
        made.push_back(IpAddress::parse(text).value());
    return made;
}

Addresses first_and_last(const Pool& pool) {
    return {pool.addresses_of(0).front(), pool.addresses_of(pool.size() - 1).front()};
}

TEST_CASE("a pool has every address that a host may have") {
    struct Case {
        const char* prefix;
        Pool::Place size;
        const char* first;
        const char* last;
    };
    const Case cases[] = {
        {"10.99.0.0/24", 254, "10.99.0.1", "10.99.0.254"},
        {"10.99.0.0/30", 2, "10.99.0.1", "10.99.0.2"},
        {"10.99.0.0/31", 2, "10.99.0.0", "10.99.0.1"},
        {"10.99.0.7/32", 1, "10.99.0.7", "10.99.0.7"},
        {"10.0.0.0/8", Pool::kMost, "10.0.0.1", "10.1.0.0"},
        {"fd00::/126", 3, "fd00::1", "fd00::3"},
        {"fd00::/127", 2, "fd00::", "fd00::1"},
        {"fd00::9/128", 1, "fd00::9", "fd00::9"},
        {"fd00::/64", Pool::kMost, "fd00::1", "fd00::1:0"},
        {"fd00::/8", Pool::kMost, "fd00::1", "fd00::1:0"},
    };
    for (const Case& each : cases) {
        INFO(each.prefix);
        const Pool pool(prefixes({each.prefix}));
        CHECK(pool.size() == each.size);
        CHECK(first_and_last(pool) == addresses({each.first, each.last}));
    }
}

TEST_CASE("several prefixes follow each other, and both families go together") {
    Pool pool(prefixes({"10.99.0.0/30", "fd00::/120", "10.98.0.0/30"}));
    CHECK(pool.size() == 4);
    CHECK(pool.addresses_of(1) == addresses({"10.99.0.2", "fd00::2"}));
    CHECK(pool.addresses_of(2) == addresses({"10.98.0.1", "fd00::3"}));
    CHECK(pool.lease("a", addresses({"10.98.0.2"})) == Pool::Place{3});
    CHECK(pool.lease("b", addresses({"fd00::2"})) == Pool::Place{1});
    CHECK(pool.lease("c", addresses({"fd00::77"})) == Pool::Place{0});  // there is no IPv4 address for it
}

TEST_CASE("who comes back gets what it had, until somebody else has had to get it") {
    Pool pool(prefixes({"10.99.0.0/30"}));
    CHECK(pool.lease("a", {}) == Pool::Place{0});
    pool.release(0);
    CHECK(pool.lease("b", {}) == Pool::Place{1});  // a's stays a's as long as there is another
    pool.release(1);
    CHECK(pool.lease("a", addresses({"10.99.0.2"})) == Pool::Place{0});
    CHECK(pool.lease("c", {}) == Pool::Place{1});
    CHECK(pool.lease("d", {}) == std::nullopt);
    CHECK(pool.in_use() == 2);
    pool.release(0);
    pool.release(0);
    CHECK(pool.in_use() == 1);
    CHECK(pool.lease("b", {}) == Pool::Place{0});
    CHECK(pool.lease("a", {}) == std::nullopt);
}

TEST_CASE("a wish is granted only where nobody has ever had the address") {
    Pool pool(prefixes({"10.99.0.0/29"}));
    CHECK(pool.lease("a", addresses({"192.0.2.1", "10.99.0.0", "10.99.0.7", "10.99.0.3"})) == Pool::Place{2});
    CHECK(pool.lease("b", addresses({"10.99.0.3"})) == Pool::Place{0});
    pool.release(2);
    CHECK(pool.lease("c", addresses({"10.99.0.3"})) == Pool::Place{1});
    CHECK(pool.lease("d", {}) == Pool::Place{3});
    CHECK(pool.lease("a", addresses({"10.99.0.6"})) == Pool::Place{2});
}

/// The same as simple as can be.
struct Model {
    struct Slot {
        std::string peer;
        bool in_use = false;
        std::uint64_t released_at = 0;
    };
    std::optional<Pool::Place> lease(const std::string& peer, std::optional<Pool::Place> wish) {
        for (auto& [place, slot] : slots) {
            if (slot.peer != peer) continue;
            if (slot.in_use) return std::nullopt;
            slot.in_use = true;
            return place;
        }
        std::optional<Pool::Place> found;
        if (wish && !slots.contains(*wish)) found = wish;
        for (Pool::Place place = 0; !found && place < size; ++place) {
            if (!slots.contains(place)) found = place;
        }
        if (!found) {
            for (const auto& [place, slot] : slots) {
                if (!slot.in_use && (!found || slot.released_at < slots[*found].released_at)) found = place;
            }
        }
        if (found) slots[*found] = {peer, true, 0};
        return found;
    }
    void release(Pool::Place place) {
        const auto found = slots.find(place);
        if (found == slots.end() || !found->second.in_use) return;
        found->second.in_use = false;
        found->second.released_at = ++now;
    }
    Pool::Place size = 0;
    std::map<Pool::Place, Slot> slots;
    std::uint64_t now = 0;
};

TEST_CASE("a pool does what a simple list of places does, whoever comes and goes") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        crypto::SeededRandom random(seed);
        Pool pool(prefixes({"10.99.0.0/28", "fd00::/125", "fd00:1::/125"}));
        Model model{pool.size(), {}, 0};
        REQUIRE(model.size == 14);
        for (int step = 0; step < 2'000; ++step) {
            const std::string peer(1, static_cast<char>('a' + random.below(25)));
            std::optional<Pool::Place> wish;
            if (random.below(3) == 0) wish = static_cast<Pool::Place>(random.below(14));
            if (random.below(2) == 0) {
                const Addresses wishes = wish ? pool.addresses_of(*wish) : Addresses();
                REQUIRE(pool.lease(peer, wishes) == model.lease(peer, wish));
            } else {
                std::vector<Pool::Place> used;
                for (const auto& [place, slot] : model.slots) {
                    if (slot.in_use) used.push_back(place);
                }
                if (used.empty()) continue;
                const Pool::Place goes = used[random.below(used.size())];
                pool.release(goes);
                model.release(goes);
            }
            const auto in_use = std::count_if(model.slots.begin(), model.slots.end(),
                                              [](const auto& each) { return each.second.in_use; });
            REQUIRE(pool.in_use() == static_cast<Pool::Place>(in_use));
        }
    }
}

TEST_CASE("tens of thousands of peers come, go and come back") {
    Pool pool(prefixes({"10.0.0.0/8"}));
    for (int round = 0; round < 2; ++round) {
        for (Pool::Place i = 0; i < Pool::kMost; ++i)
            REQUIRE(pool.lease("peer " + std::to_string(i), {}) == i);
        CHECK(pool.lease("another", {}) == std::nullopt);
        for (Pool::Place i = 0; i < Pool::kMost; ++i)
            pool.release(Pool::kMost - 1 - i);
        CHECK(pool.in_use() == 0);
    }
    CHECK(pool.lease("another", {}) == Pool::kMost - 1);  // free for the longest time
}

}  // namespace
}  // namespace esplane::ike
