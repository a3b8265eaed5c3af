// Message IDs, retransmission and repeated answers (RFC 7296 2.1 to 2.4).

#include <catch2/catch.hpp>
#include <set>

#include "ike/core/spi_pool.h"
#include "ike/core/window.h"
#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

/// Everything a tunnel goes through: both rekeys by each side, then deletion.
void live(Pair& pair) {
    REQUIRE(pair.establish());
    for (Node* side : {&pair.left, &pair.right}) {
        for (const bool ike : {false, true}) {
            const auto id = side->command(ike::Rekey{"t", ike});
            REQUIRE(pair.world.run_until([&] { return side->answer(id) != nullptr; }, seconds(10)));
            CHECK(side->answer(id)->ok);
            pair.world.run_for(seconds(3));
            REQUIRE(pair.up());
        }
    }
    const auto down = pair.left.command(ike::Down{"t"});
    REQUIRE(pair.world.run_until([&] { return pair.left.answer(down) != nullptr; }, seconds(10)));
    pair.world.run_for(seconds(5));
    CHECK(pair.left.engine().counters().child_sas == 0);
    CHECK(pair.right.engine().counters().child_sas == 0);
    CHECK(pair.left.dataplane().children().empty());
    CHECK(pair.right.dataplane().children().empty());
}

std::uint64_t datagrams_of_a_life() {
    static const std::uint64_t count = [] {
        Pair pair;
        live(pair);
        return pair.world.network.datagrams_sent;
    }();
    return count;
}

}  // namespace

TEST_CASE("each single datagram lost, in every exchange") {
    const auto total = datagrams_of_a_life();
    REQUIRE(total == 22);
    for (std::uint64_t lost = 0; lost < total; ++lost) {
        INFO("datagram " << lost);
        Pair pair;
        std::uint64_t seen = 0;
        pair.world.network.filter = [&](const Packet& packet) {
            return !std::holds_alternative<Bytes>(packet.content) || seen++ != lost;
        };
        live(pair);
    }
}

TEST_CASE("each datagram three times") {
    Pair pair;
    pair.world.network.faults.repeat = 1;
    pair.world.network.faults.jitter = milliseconds(3);
    live(pair);
    CHECK(pair.left.dataplane().offences().empty());
    CHECK(pair.right.dataplane().offences().empty());
    CHECK(pair.right.engine().counters().repeated > 0);
}

TEST_CASE("a retransmission is the same octets, and so is the answer to it") {
    Pair pair;
    std::map<Bytes, int> answers;
    std::set<Bytes> requests;
    pair.world.network.filter = [&](const Packet& packet) {
        const auto* datagram = std::get_if<Bytes>(&packet.content);
        if (datagram == nullptr) return true;
        if (packet.source.address == kLeft) requests.insert(*datagram);
        if (packet.source.address == kRight) return ++answers[*datagram] > 2;  // each answer is lost twice
        return true;
    };
    pair.add(left_tunnel(), right_tunnel());
    pair.world.run_for(seconds(9));
    CHECK(pair.up());
    CHECK(requests.size() == 2);
    REQUIRE(answers.size() == 2);
    for (const auto& [answer, times] : answers)
        CHECK(times == 3);
}

TEST_CASE("waits grow by the factor configured, until the peer counts as silent") {
    Pair pair;
    std::vector<TimePoint> sent;
    pair.world.network.filter = [&](const Packet&) {
        sent.push_back(pair.world.now);
        return false;
    };
    auto left = left_tunnel();
    left.start = ike::StartMode::kListen;
    pair.left.command(ike::AddTunnel{left});
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(60));
    REQUIRE(sent.size() == 6);
    const double expected[] = {500, 900, 1620, 2916, 5248};
    for (std::size_t at = 0; at + 1 < sent.size(); ++at) {
        const auto wait = std::chrono::duration_cast<milliseconds>(sent[at + 1] - sent[at]).count();
        CHECK(static_cast<double>(wait) == Approx(expected[at]).margin(2));
    }
}

TEST_CASE("the outgoing window") {
    ike::OutgoingWindow window;
    CHECK(window.enqueue(ike::CheckLiveness{}));
    CHECK_FALSE(window.enqueue(ike::CheckLiveness{}));
    CHECK(window.enqueue(ike::RekeyIke{}));
    window.enqueue_first(ike::DeleteIke{});
    CHECK(std::holds_alternative<ike::DeleteIke>(*window.dequeue()));
    CHECK(std::holds_alternative<ike::CheckLiveness>(*window.dequeue()));
    std::size_t queued = window.take_queue().size();
    CHECK(queued == 1);
    for (std::uint32_t spi = 1; spi <= 1000; ++spi)
        window.enqueue(ike::DeleteChild{dataplane::Spi{spi}, std::nullopt});
    queued = window.take_queue().size();
    CHECK(queued == ike::kMaxQueuedTasks);

    window = ike::OutgoingWindow(UINT32_MAX - 1);
    CHECK_FALSE(window.ids_exhausted());
    CHECK(window.ids_running_out());
    CHECK(window.launch({}).id == UINT32_MAX - 1);
    window.land();
    CHECK(window.ids_exhausted());
}

TEST_CASE("the incoming window") {
    using Verdict = ike::IncomingWindow::Verdict;
    const ike::Fingerprint first{1};
    const ike::Fingerprint second{2};
    ike::IncomingWindow window(5);
    CHECK(window.judge(5, first) == Verdict::kNew);
    CHECK(window.judge(4, first) == Verdict::kOutside);
    CHECK(window.judge(6, first) == Verdict::kOutside);
    window.answered(first, {Bytes{42}}, dataplane::ChildId{7});
    CHECK(window.held());
    CHECK(window.judge(5, first) == Verdict::kRepeated);
    CHECK(window.judge(5, second) == Verdict::kOutside);
    CHECK_FALSE(window.release(dataplane::ChildId{8}));
    CHECK(window.release(dataplane::ChildId{7}));
    CHECK_FALSE(window.held());
    CHECK(window.judge(6, second) == Verdict::kNew);

    // RFC 7296 2.2: the IDs do not wrap.
    ike::IncomingWindow last(UINT32_MAX - 1);
    CHECK(last.judge(UINT32_MAX - 1, first) == Verdict::kNew);
    last.answered(first, {Bytes{1}}, std::nullopt);
    CHECK(last.judge(UINT32_MAX, second) == Verdict::kOutside);
    CHECK(last.judge(0, second) == Verdict::kOutside);
    CHECK(ike::IncomingWindow(0).judge(UINT32_MAX, first) == Verdict::kOutside);
}

TEST_CASE("SPIs are never reserved ones, never two alike, and name their worker") {
    /// Yields few numbers, so that reserved values and repetitions come up all the time.
    class FewNumbers : public crypto::Random {
      public:
        void fill(MutableByteView out) override {
            std::fill(out.begin(), out.end(), std::uint8_t{0});
            const std::uint16_t value = static_cast<std::uint16_t>(inner_.below(400));
            // The lowest octet names the worker, whatever is drawn.
            if (out.size() >= 3) std::memcpy(out.data() + 1, &value, 2);
        }

      private:
        crypto::SeededRandom inner_{1};
    };
    FewNumbers random;
    ike::SpiPool pool;
    {
        std::vector<ike::SpiLease> leases;
        std::set<std::uint32_t> seen;
        for (int i = 0; i < 100; ++i) {
            const dataplane::WorkerId worker{static_cast<std::uint8_t>(i % 3)};
            leases.push_back(pool.lease(random, worker));
            const auto spi = dataplane::to_number(leases.back().spi());
            CHECK(spi >= 256);
            CHECK(dataplane::worker_of(leases.back().spi()) == worker);
            CHECK(seen.insert(spi).second);
        }
        CHECK(pool.in_use() == 100);
    }
    CHECK(pool.in_use() == 0);
}

}  // namespace esplane::sim
