#include "dataplane/packet/datagram_table.h"

#include <catch2/catch.hpp>
#include <deque>

#include "crypto/random.h"
#include "tests/unit/dataplane/packet/fragments.h"
#include "tests/unit/dataplane/support/allocations.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::after;

DatagramKey key_of(std::uint32_t source, std::uint32_t identification) {
    return {
        .source = IpAddress::v4(0x0a000000 + source), .destination = test::kV4Peer, .identification = identification};
}

constexpr auto kNobody = [](const int&) { FAIL("an entry gave way"); };

TEST_CASE("an entry is found by its whole key") {
    DatagramTable<int> table({.hash_seed = 7});
    const DatagramKey key = {test::kV4, test::kV4Peer, 1, 2, 17};
    table.insert(key, after({}), kNobody) = 42;
    REQUIRE(table.find(key) != nullptr);
    CHECK(*table.find(key) == 42);
    const DatagramKey others[] = {{test::kV4Peer, test::kV4Peer, 1, 2, 17}, {test::kV4, test::kV4, 1, 2, 17},
                                  {test::kV4, test::kV4Peer, 2, 2, 17},     {test::kV4, test::kV4Peer, 1, 1, 17},
                                  {test::kV4, test::kV4Peer, 1, 2, 6},      {test::kV6, test::kV4Peer, 1, 2, 17}};
    for (const DatagramKey& other : others) {
        CHECK(table.find(other) == nullptr);
        table.erase(other);
    }
    CHECK(table.size() == 1);
    table.erase(key);
    CHECK(table.find(key) == nullptr);
    CHECK(table.size() == 0);
}

TEST_CASE("the oldest gives way when the table is full") {
    DatagramTable<int> table({.datagrams = 3, .per_source = 10});
    for (int i = 0; i < 3; ++i)
        table.insert(key_of(static_cast<std::uint32_t>(i), 0), after({}), kNobody) = i;
    std::vector<int> gone;
    table.insert(key_of(9, 0), after({}), [&](int value) { gone.push_back(value); }) = 9;
    CHECK(gone == std::vector<int>{0});
    CHECK(table.find(key_of(0, 0)) == nullptr);
    CHECK(table.size() == 3);
}

TEST_CASE("a source that has its share displaces only its own oldest") {
    DatagramTable<int> table({.datagrams = 100, .per_source = 2});
    table.insert(key_of(1, 0), after({}), kNobody) = 10;
    std::vector<int> gone;
    for (int i = 0; i < 5; ++i)
        table.insert(key_of(2, static_cast<std::uint32_t>(i)), after({}), [&](int v) { gone.push_back(v); }) = 20 + i;
    CHECK(gone == std::vector<int>{20, 21, 22});
    CHECK(table.find(key_of(1, 0)) != nullptr);
    CHECK(table.size() == 3);
}

TEST_CASE("an entry's time is over a timeout after it arrived") {
    DatagramTable<int> table({.timeout = seconds(30)});
    table.insert(key_of(1, 1), after({}), kNobody) = 1;
    table.insert(key_of(1, 2), after(seconds(1)), kNobody) = 2;
    table.expire(after(seconds(30) - milliseconds(1)), kNobody);
    std::vector<int> gone;
    table.expire(after(seconds(30)), [&](int value) { gone.push_back(value); });
    CHECK(gone == std::vector<int>{1});
    table.expire(after(seconds(31)), [&](int value) { gone.push_back(value); });
    CHECK(gone == std::vector<int>{1, 2});
    CHECK(table.size() == 0);
}

TEST_CASE("one entry can be spared") {
    DatagramTable<int> table({});
    int& first = table.insert(key_of(1, 1), after({}), kNobody);
    CHECK_FALSE(table.remove_oldest_but(first, kNobody));
    table.insert(key_of(1, 2), after({}), kNobody) = 2;
    std::vector<int> gone;
    CHECK(table.remove_oldest_but(first, [&](int value) { gone.push_back(value); }));
    CHECK(gone == std::vector<int>{2});
    CHECK(table.find(key_of(1, 1)) == &first);
}

TEST_CASE("limits of zero are limits of one") {
    DatagramTable<int> table({.datagrams = 0, .per_source = 0});
    table.insert(key_of(1, 1), after({}), kNobody) = 1;
    int gone = 0;
    table.insert(key_of(2, 1), after({}), [&](int) { ++gone; });
    CHECK(gone == 1);
    CHECK(table.size() == 1);
}

/// All entries in one queue, every question answered by looking at each.
class QueueModel {
  public:
    static constexpr std::uint32_t kMost = 12;
    static constexpr std::uint32_t kPerSource = 4;
    static constexpr seconds kTimeout{10};

    struct Entry {
        DatagramKey key;
        int value;
        TimePoint arrived;
    };

    const Entry* find(const DatagramKey& key) const {
        for (const Entry& entry : entries) {
            if (entry.key == key) return &entry;
        }
        return nullptr;
    }
    void insert(const DatagramKey& key, TimePoint now, int value) {
        const auto same = [&](const Entry& entry) { return entry.key.source == key.source; };
        if (std::count_if(entries.begin(), entries.end(), same) == kPerSource) {
            lose(std::find_if(entries.begin(), entries.end(), same));
        }
        if (entries.size() == kMost) lose(entries.begin());
        entries.push_back({key, value, now});
    }
    void erase(const DatagramKey& key) {
        std::erase_if(entries, [&](const Entry& entry) { return entry.key == key; });
    }
    void expire(TimePoint now) {
        while (!entries.empty() && now - entries.front().arrived >= kTimeout)
            lose(entries.begin());
    }
    std::deque<Entry> entries;
    std::vector<int> lost;

  private:
    void lose(const std::deque<Entry>::iterator& which) {
        lost.push_back(which->value);
        entries.erase(which);
    }
};

TEST_CASE("random use of a datagram table, against a queue, without an allocation") {
    constexpr std::uint64_t kSeed = 0xda7a;
    crypto::SeededRandom random(kSeed);
    DatagramTable<int> table(
        {.datagrams = QueueModel::kMost, .per_source = QueueModel::kPerSource, .timeout = QueueModel::kTimeout});
    QueueModel model;
    std::vector<int> lost;
    lost.reserve(20'000);
    milliseconds now{};
    for (int step = 0; step < 10'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        now += milliseconds(random.below(800));
        const DatagramKey key = key_of(static_cast<std::uint32_t>(random.below(5)), random.u32() % 8);
        const auto choice = random.below(10);
        const std::size_t before = test::allocations();
        const int* const found = table.find(key);
        const auto gone = [&](int value) { lost.push_back(value); };
        if (choice == 0) table.erase(key);
        if (choice == 1) table.expire(after(now), gone);
        if (choice > 1 && found == nullptr) table.insert(key, after(now), gone) = step;
        REQUIRE(test::allocations() == before);
        const auto* const expected = model.find(key);
        CHECK((found != nullptr) == (expected != nullptr));
        if (choice == 0) model.erase(key);
        if (choice == 1) model.expire(after(now));
        if (choice > 1 && expected == nullptr) model.insert(key, after(now), step);
        CHECK(table.size() == model.entries.size());
        if (!model.entries.empty()) {
            const auto& any = model.entries[random.below(model.entries.size())];
            REQUIRE(table.find(any.key) != nullptr);
            CHECK(*table.find(any.key) == any.value);
        }
    }
    CHECK(lost == model.lost);
    CHECK(lost.size() > 1000);
}

}  // namespace
}  // namespace esplane::dataplane
