#include "dataplane/link/neighbour_table.h"

#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "crypto/random.h"
#include "tests/unit/dataplane/link/frames.h"
#include "tests/unit/dataplane/support/allocations.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::after;
using test::kOtherMac;
using test::kPeerMac;
using Step = NeighbourTable::Step;

constexpr PortNumber kPort{1};
const IpAddress kPeer = test::address("192.0.2.2");
const IpAddress kNobody = test::address("192.0.2.99");

IpAddress host(std::uint32_t number) {
    return IpAddress::v4(0x0a000000 + number);
}

/// A table and its time.
class Bench {
  public:
    explicit Bench(std::uint32_t entries = 16) : table({.entries = entries, .hash_seed = 5}) {}

    TimePoint now() const { return after(time_); }
    Step want(const IpAddress& address) { return table.want(kPort, address, now()); }
    void hear(const IpAddress& address, const MacAddress& mac, Heard how) {
        table.heard(kPort, address, mac, now(), how);
    }
    std::optional<MacAddress> find(const IpAddress& address) const { return table.find(kPort, address); }
    /// Wanted, asked for and answered.
    void resolve(const IpAddress& address, const MacAddress& mac = kPeerMac) {
        REQUIRE(want(address) == Step::kAsk);
        hear(address, mac, Heard::kAnswer);
        REQUIRE(find(address) == mac);
    }
    /// Lets time go by, swept every 50 ms. What was asked meanwhile.
    std::vector<NeighbourTable::Question> pass(milliseconds time, const std::optional<IpAddress>& used = {}) {
        std::vector<NeighbourTable::Question> asked;
        for (const milliseconds end = time_ + time; time_ < end;) {
            time_ += milliseconds(50);
            if (used) (void)find(*used);
            while (const auto question = table.next_question(now()))
                asked.push_back(*question);
        }
        return asked;
    }
    /// The same when nobody sweeps.
    void skip(milliseconds time) { time_ += time; }

    NeighbourTable table;

  private:
    milliseconds time_{};
};

TEST_CASE("a neighbour that is wanted is asked for once a second, three times, then rests") {
    Bench bench;
    const auto expect = [&](Step first, Step then) {
        CHECK(bench.want(kNobody) == first);
        CHECK(bench.want(kNobody) == then);
    };
    for (int round = 0; round < 2; ++round) {
        for (int question = 0; question < 3; ++question) {
            expect(Step::kAsk, Step::kWait);
            bench.skip(milliseconds(999));
            expect(Step::kWait, Step::kWait);
            bench.skip(milliseconds(1));
        }
        expect(Step::kFailed, Step::kFailed);
        bench.skip(milliseconds(4999));
        expect(Step::kFailed, Step::kFailed);
        bench.skip(milliseconds(1));
    }
    CHECK_FALSE(bench.find(kNobody));
    CHECK(bench.table.statistics().asked == 6);
    CHECK(bench.table.statistics().failed == 2);
    CHECK(bench.table.statistics().entries == 1);
    CHECK(bench.table.generation() == 0);
}

TEST_CASE("the questions go on without further packets, and what nobody answers goes away") {
    Bench bench;
    CHECK(bench.want(kNobody) == Step::kAsk);
    const auto asked = bench.pass(seconds(4));
    REQUIRE(asked.size() == 2);
    for (const auto& question : asked) {
        CHECK(question.port == kPort);
        CHECK(question.address == kNobody);
        CHECK_FALSE(question.known_mac);
    }
    CHECK(bench.want(kNobody) == Step::kFailed);
    CHECK(bench.pass(seconds(6)).empty());
    CHECK(bench.table.statistics().entries == 0);
    CHECK(bench.want(kNobody) == Step::kAsk);
}

TEST_CASE("an answer resolves, on its port alone, and changes the generation") {
    Bench bench;
    bench.resolve(kPeer);
    CHECK(bench.table.generation() == 1);
    CHECK(bench.want(kPeer) == Step::kKnown);
    CHECK_FALSE(bench.table.find(PortNumber{2}, kPeer));
    CHECK(bench.table.want(PortNumber{2}, kPeer, bench.now()) == Step::kAsk);
    CHECK(bench.table.statistics().resolved == 1);
    CHECK(bench.table.statistics().entries == 2);
}

struct Effect {
    Heard how;
    bool is_believed;
};

TEST_CASE("what makes an entry, and what fills one in that is looked for") {
    const Effect effects[] = {{Heard::kAnswer, false},
                              {Heard::kWeakAnswer, false},
                              {Heard::kRequest, true},
                              {Heard::kClaim, false},
                              {Heard::kWeakClaim, false}};
    for (const Effect& effect : effects) {
        Bench bench;
        bench.hear(kPeer, kPeerMac, effect.how);
        CHECK(bench.find(kPeer).has_value() == effect.is_believed);
        CHECK(bench.table.statistics().refused == (effect.is_believed ? 0 : 1));
        CHECK(bench.table.generation() == (effect.is_believed ? 1 : 0));
        // RFC 826; RFC 4861 7.2.5: all of them.
        Bench looking;
        CHECK(looking.want(kPeer) == Step::kAsk);
        looking.hear(kPeer, kPeerMac, effect.how);
        CHECK(looking.find(kPeer) == kPeerMac);
    }
}

TEST_CASE("what changes the MAC address of an entry, and what does not") {
    const Effect effects[] = {{Heard::kAnswer, true},
                              {Heard::kWeakAnswer, false},
                              {Heard::kRequest, true},
                              {Heard::kClaim, true},
                              {Heard::kWeakClaim, false}};
    for (const Effect& effect : effects) {
        Bench bench;
        bench.resolve(kPeer);
        bench.skip(seconds(2));
        bench.hear(kPeer, kOtherMac, effect.how);
        const MacAddress& believed = effect.is_believed ? kOtherMac : kPeerMac;
        CHECK(bench.find(kPeer) == believed);
        CHECK(bench.table.generation() == (effect.is_believed ? 2 : 1));
        CHECK(bench.table.statistics().refused == (effect.is_believed ? 0 : 1));
        // Either way it is asked soon, if anybody sends there (STALE, DELAY, PROBE).
        const auto asked = bench.pass(milliseconds(5500), kPeer);
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].known_mac == believed);
    }
}

TEST_CASE("two that claim one address change it once a second, not more") {
    Bench bench;
    bench.resolve(kPeer);
    for (int i = 0; i < 1001; ++i) {
        bench.skip(milliseconds(10));
        bench.hear(kPeer, i % 2 == 0 ? kOtherMac : kPeerMac, Heard::kClaim);
    }
    CHECK(bench.table.generation() <= 11);
    CHECK(bench.table.generation() >= 9);
}

TEST_CASE("an entry in use is asked about before it is old, and stays while it answers") {
    Bench bench;
    bench.resolve(kPeer);
    CHECK(bench.pass(milliseconds(24'900), kPeer).empty());
    for (int round = 0; round < 5; ++round) {
        const auto asked = bench.pass(milliseconds(700), kPeer);
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].known_mac == kPeerMac);
        if (round % 2 == 0) bench.hear(kPeer, kPeerMac, Heard::kAnswer);
        if (round % 2 == 1) bench.table.confirmed(kPort, kPeer, bench.now());
        CHECK(bench.pass(milliseconds(24'500), kPeer).empty());
    }
    CHECK(bench.table.generation() == 1);
    CHECK(bench.find(kPeer) == kPeerMac);
}

TEST_CASE("an entry in use that does not answer is dropped within 30 seconds") {
    Bench bench;
    bench.resolve(kPeer);
    const auto asked = bench.pass(seconds(30), kPeer);
    REQUIRE(asked.size() == 3);
    CHECK(asked[0].known_mac == kPeerMac);
    CHECK(asked[1].known_mac == kPeerMac);
    CHECK_FALSE(asked[2].known_mac);
    CHECK_FALSE(bench.find(kPeer));
    CHECK(bench.table.generation() == 2);
    CHECK(bench.table.statistics().failed == 1);
    CHECK(bench.want(kPeer) == Step::kAsk);
}

TEST_CASE("what nobody asked for confirms nothing") {
    Bench bench;
    bench.resolve(kPeer);
    bench.pass(seconds(20), kPeer);
    bench.hear(kPeer, kPeerMac, Heard::kAnswer);
    bench.table.confirmed(kPort, kPeer, bench.now());
    CHECK(bench.pass(seconds(6), kPeer).size() == 1);
}

TEST_CASE("an unused entry is not asked about, ages out, and is refreshed when it is used again") {
    Bench bench;
    bench.resolve(kPeer);
    bench.resolve(kNobody);
    bench.pass(seconds(1));  // sees that they were used
    bench.skip(minutes(5));
    CHECK(bench.pass(seconds(1)).empty());
    CHECK(bench.find(kPeer) == kPeerMac);
    const auto asked = bench.pass(milliseconds(300));
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].address == kPeer);
    bench.hear(kPeer, kPeerMac, Heard::kAnswer);
    bench.skip(minutes(5));
    bench.pass(seconds(1));
    CHECK(bench.table.statistics().entries == 1);
    CHECK(bench.find(kPeer) == kPeerMac);
    CHECK(bench.table.generation() == 3);
}

TEST_CASE("a full table: what failed goes first, then the unused, then the oldest question, never what is used") {
    Bench bench(4);
    CHECK(bench.want(host(1)) == Step::kAsk);
    bench.pass(seconds(4));
    REQUIRE(bench.want(host(1)) == Step::kFailed);
    bench.hear(host(2), kPeerMac, Heard::kRequest);  // nobody uses it
    bench.resolve(host(3));
    CHECK(bench.want(host(4)) == Step::kAsk);
    CHECK(bench.table.statistics().entries == 4);

    CHECK(bench.want(host(5)) == Step::kAsk);  // in place of 1
    CHECK(bench.want(host(4)) == Step::kWait);
    CHECK(bench.want(host(6)) == Step::kAsk);  // of 2
    CHECK_FALSE(bench.find(host(2)));
    bench.hear(host(2), kPeerMac, Heard::kRequest);  // displaces nobody who is looked for
    CHECK_FALSE(bench.find(host(2)));
    CHECK(bench.want(host(7)) == Step::kAsk);  // of 4
    CHECK(bench.want(host(5)) == Step::kWait);
    CHECK(bench.want(host(4)) == Step::kAsk);  // of 5
    CHECK(bench.find(host(3)) == kPeerMac);
    CHECK(bench.table.statistics().evicted == 4);
    CHECK(bench.table.statistics().refused == 1);
}

TEST_CASE("a table full of what is in use takes nobody else") {
    Bench bench(4);
    for (std::uint32_t i = 0; i < 4; ++i)
        bench.resolve(host(i));
    CHECK(bench.want(host(9)) == Step::kWait);
    CHECK(bench.table.statistics().throttled == 1);
    bench.hear(host(9), kPeerMac, Heard::kRequest);
    CHECK(bench.table.statistics().refused == 1);
    bench.skip(seconds(61));
    for (std::uint32_t i = 0; i < 3; ++i)
        CHECK(bench.find(host(i)));
    // The marks that find() leaves count although no sweep has seen them.
    CHECK(bench.want(host(9)) == Step::kAsk);
    CHECK_FALSE(bench.find(host(3)));
    CHECK(bench.table.statistics().evicted == 1);
}

TEST_CASE("a scan through us asks so much and no more, and the used stay") {
    Bench bench(1024);
    for (std::uint32_t i = 0; i < 100; ++i)
        bench.resolve(host(i));
    std::uint64_t asked = 0;
    for (std::uint32_t i = 0; i < 50'000; ++i) {
        if (i % 1000 == 0) bench.skip(milliseconds(1));
        asked += bench.want(host(1000 + i)) == Step::kAsk ? 1 : 0;
    }
    CHECK(asked <= 512 + 100);
    for (std::uint32_t i = 0; i < 100; ++i)
        CHECK(bench.find(host(i)));
    CHECK(bench.table.statistics().entries <= 1024);
}

TEST_CASE("strangers without number displace their own kind only") {
    Bench bench(64);
    for (std::uint32_t i = 0; i < 10; ++i)
        bench.resolve(host(i));
    CHECK(bench.want(kNobody) == Step::kAsk);
    const std::uint64_t before = bench.table.generation();
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        if (i % 100 == 0) bench.skip(milliseconds(1));
        bench.hear(host(1000 + i), kOtherMac, Heard::kRequest);
        bench.hear(host(500'000 + i), kOtherMac, Heard::kClaim);
    }
    for (std::uint32_t i = 0; i < 10; ++i)
        CHECK(bench.find(host(i)));
    bench.hear(kNobody, kPeerMac, Heard::kAnswer);
    CHECK(bench.find(kNobody) == kPeerMac);
    CHECK(bench.table.generation() - before < 2 * (64 + 40 + 2));  // one each for the new and for what gave way
}

/// Every rule in the plainest form, over one map; room is never short here, and nobody sweeps.
class Model {
  public:
    Step want(const IpAddress& address, TimePoint now) {
        Entry& entry = entries[address];  // a new one is due at once
        if (entry.mac) return Step::kKnown;
        if (now < entry.due) return entry.failed ? Step::kFailed : Step::kWait;
        if (entry.failed) entry = {};
        if (entry.questions == 3) {
            entry = {.failed = true, .due = now + seconds(5)};
            return Step::kFailed;
        }
        ++entry.questions;
        entry.due = now + seconds(1);
        return Step::kAsk;
    }
    void heard(const IpAddress& address, const MacAddress& mac, TimePoint now, Heard how) {
        const bool weak = how == Heard::kWeakAnswer || how == Heard::kWeakClaim;
        if (!entries.contains(address) && how != Heard::kRequest) return;
        Entry& entry = entries[address];
        if (entry.mac == mac) return;
        if (entry.mac && (weak || now - entry.changed < seconds(1))) return;
        entry = {.mac = mac, .changed = now};
        ++changes;
    }
    std::optional<MacAddress> find(const IpAddress& address) const {
        const auto entry = entries.find(address);
        return entry == entries.end() ? std::nullopt : entry->second.mac;
    }

    struct Entry {
        std::optional<MacAddress> mac;
        bool failed = false;
        int questions = 0;
        TimePoint due;
        TimePoint changed;
    };
    std::map<IpAddress, Entry> entries;
    std::uint64_t changes = 0;
};

TEST_CASE("random packets and claims, against the rules in their plainest form, without an allocation") {
    constexpr std::uint64_t kSeed = 0x4e19;
    crypto::SeededRandom random(kSeed);
    NeighbourTable table({.entries = 64, .hash_seed = random.u64()});
    Model model;
    milliseconds time{};
    for (int step = 0; step < 20'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        time += milliseconds(random.below(60));
        const IpAddress address = host(static_cast<std::uint32_t>(step / 500 * 2 % 40 + random.below(6)));
        const MacAddress mac = random.below(2) == 0 ? kPeerMac : kOtherMac;
        const auto how = static_cast<Heard>(random.below(5));
        const bool is_packet = random.below(40) > 0;
        const std::size_t before = test::allocations();
        const auto stepped = is_packet ? table.want(kPort, address, after(time)) : Step::kWait;
        if (!is_packet) table.heard(kPort, address, mac, after(time), how);
        const auto found = table.find(kPort, address);
        REQUIRE(test::allocations() == before);
        if (is_packet) CHECK(stepped == model.want(address, after(time)));
        if (!is_packet) model.heard(address, mac, after(time), how);
        CHECK(found == model.find(address));
        CHECK(table.generation() == model.changes);
        CHECK(table.statistics().entries == model.entries.size());
    }
    CHECK(table.statistics().evicted == 0);
}

TEST_CASE("any use whatever: what is found was heard, and changes the generation") {
    constexpr std::uint64_t kSeed = 0x4e20;
    crypto::SeededRandom random(kSeed);
    NeighbourTable table({.entries = 12, .hash_seed = random.u64()});
    std::map<IpAddress, std::vector<MacAddress>> told;
    milliseconds time{};
    for (int step = 0; step < 30'000; ++step) {
        INFO("seed " << kSeed << ", step " << step);
        time += milliseconds(random.below(random.below(50) == 0 ? 40'000 : 100));
        const IpAddress address = host(static_cast<std::uint32_t>(random.below(30)));
        const MacAddress mac{{2, 0, 0, 0, 0, static_cast<std::uint8_t>(random.below(4))}};
        const std::uint64_t before = table.generation();
        const auto found_before = table.find(kPort, address);
        switch (random.below(8)) {
            case 0:
                told[address].push_back(mac);
                table.heard(kPort, address, mac, after(time), static_cast<Heard>(random.below(5)));
                break;
            case 1:
                table.confirmed(kPort, address, after(time));
                break;
            case 2:
            case 3:
                if (const auto question = table.next_question(after(time)); question && question->known_mac)
                    CHECK(table.find(kPort, question->address) == question->known_mac);
                break;
            default:
                table.want(kPort, address, after(time));
                break;
        }
        const auto found = table.find(kPort, address);
        if (found) {
            const auto& all = told[address];
            CHECK(std::find(all.begin(), all.end(), *found) != all.end());
        }
        if (found != found_before) CHECK(table.generation() != before);
        const NeighbourStatistics statistics = table.statistics();
        CHECK(statistics.entries <= 12);
        CHECK(statistics.resolved <= statistics.entries);
    }
    CHECK(table.statistics().evicted > 100);
    CHECK(table.statistics().failed > 100);
}

TEST_CASE("workers find, want and hear at the same time") {
    constexpr std::uint64_t kSeed = 0x4e21;
    constexpr std::uint32_t kAddresses = 48;
    NeighbourTable table({.entries = 16, .hash_seed = 3});
    std::atomic<std::uint64_t> wrong{0};
    // Each address has two MAC addresses of its own.
    const auto work = [&](std::uint64_t seed) {
        crypto::SeededRandom random(seed);
        milliseconds time{};
        for (int step = 0; step < 20'000; ++step) {
            time += milliseconds(random.below(40));
            const auto number = static_cast<std::uint32_t>(random.below(kAddresses));
            const auto found = table.find(kPort, host(number));
            if (found && load_be<std::uint32_t>(found->octets.data() + 2) != number) ++wrong;
            if (!found) table.want(kPort, host(number), after(time));
            MacAddress mac{{2, static_cast<std::uint8_t>(random.below(2)), 0, 0, 0, 0}};
            store_be(mac.octets.data() + 2, number);
            if (random.below(4) == 0)
                table.heard(kPort, host(number), mac, after(time), static_cast<Heard>(random.below(5)));
            if (random.below(8) == 0) (void)table.next_question(after(time));
        }
    };
    std::thread first(work, kSeed);
    std::thread second(work, kSeed + 1);
    work(kSeed + 2);
    first.join();
    second.join();
    CHECK(wrong == 0);
    CHECK(table.statistics().entries <= 16);
}

}  // namespace
}  // namespace esplane::dataplane
