// SAs come and go, a thousand a second and in crowds, beside packets of others: none of those is lost, and none waits
// long.
#include <rte_cycles.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>
#include <thread>

#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/dpdk/poller.h"
#include "dataplane/worker/worker.h"
#include "dataplane/workers_dataplane.h"
#include "tests/unit/dataplane/dpdk/port_frames.h"
#include "tests/unit/dataplane/dpdk/ports_in_memory.h"

namespace esplane::dataplane {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;
using test::PortFrames;

constexpr std::uint32_t kTunnels = 300;
constexpr std::uint32_t kBusyTunnels = 4;  // the first: packets go through their SAs all the time

const bench::Suite& suite() {
    return bench::suites().front();
}

/// A worker's poller that takes the time of its turns.
class Timed {
  public:
    explicit Timed(FrameReceiver& receiver) : poller_(receiver, false) {}

    void add(int fd) { poller_.add(fd); }
    bool wait(int milliseconds) {
        if (began_.cycles != 0) end_turn();
        const bool errors = poller_.wait(milliseconds);
        began_ = now();
        return errors;
    }
    bool is_readable(int fd) const { return poller_.is_readable(fd); }

    /// The longest turn since the last call. By the TSC it may contain what other threads did on this cpu meanwhile.
    struct Longest {
        std::uint64_t cycles = 0;
        std::chrono::nanoseconds cpu_time{};
    };
    Longest take_longest() { return {cycles_.exchange(0), std::chrono::nanoseconds(cpu_nanoseconds_.exchange(0))}; }

  private:
    struct Moment {
        std::uint64_t cycles = 0;
        std::int64_t cpu_nanoseconds = 0;
    };
    static Moment now() {
        timespec used{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
        return {rte_rdtsc(), used.tv_sec * 1'000'000'000L + used.tv_nsec};
    }
    void end_turn() {
        const Moment ended = now();
        if (const auto cycles = ended.cycles - began_.cycles; cycles > cycles_) cycles_ = cycles;
        if (const auto used = ended.cpu_nanoseconds - began_.cpu_nanoseconds; used > cpu_nanoseconds_)
            cpu_nanoseconds_ = used;
    }

    Poller poller_;
    Moment began_;
    std::atomic<std::uint64_t> cycles_{0};
    std::atomic<std::int64_t> cpu_nanoseconds_{0};
};

/// The control thread's side as it always is, and a worker between ports in memory.
class PortsDataplane final : public WorkersDataplane {
  public:
    PortsDataplane()
        : WorkersDataplane(1),
          timed(test::ports_in_memory().receiver()),
          worker_(test::ports_in_memory().clear(), test::ports_in_memory().cipher(), timed, mailbox(worker_id(0))),
          thread_(worker_id(0), mailbox(worker_id(0)), -1, [this] { worker_.run(); }) {
        employ(thread_);
    }

    Result<void, std::string> open_port(const ClearPortOptions&) override { return {}; }
    void close_port(ClearPort) override {}
    void send_ike(const Path&, ByteView) override {}
    void send_keepalive(const Path&) override {}

    Timed timed;

  private:
    void let_go(WorkerId, ClearPort) override {}

    Worker<DpdkClear, DpdkCipher, Timed> worker_;
    WorkerThread thread_;
};

/// Packets of established SAs, both ways and all the time, each of which must arrive, in order.
class Flow {
  public:
    /// Lets more packets come in unless many are under way, and looks at what has left.
    void step() {
        if (under_way() <= kMost) {
            std::array<rte_mbuf*, kBurstEach> burst;
            for (rte_mbuf*& frame : burst) {
                came_at_[came_ % came_at_.size()] = steady_clock::now();
                frame = frames_.plain(came_ % kBusyTunnels, length(), came_);
                ++came_;
            }
            ports_.arrive_clear(burst);
            for (std::uint32_t i = 0; i < kBurstEach; ++i)
                burst[i] = frames_.sealed((came_ + i) % kBusyTunnels, length(), came_ - kBurstEach + i);
            ports_.arrive_cipher(burst);
        }
        take_sent();
    }
    bool all_arrived() {
        take_sent();
        return under_way() == 0;
    }
    std::uint32_t under_way() const { return std::max(came_ - sealed_, came_ - opened_); }

    std::uint32_t each_way() const { return came_; }
    bool in_order() const { return in_order_; }
    steady_clock::duration longest_way() const { return longest_; }

  private:
    static constexpr std::uint32_t kBurstEach = 32;
    static constexpr std::uint32_t kMost = 192;  // the rings hold all of them

    std::uint32_t length() const { return test::kShortest + came_ % 1350; }

    void take_sent() {
        std::array<rte_mbuf*, kBurst> gone;
        std::size_t count = ports_.take_sent_to_cipher(gone);
        for (std::size_t i = 0; i < count; ++i, ++sealed_) {
            const std::uint32_t tunnel = to_number(PortFrames::spi_of(*gone[i])) - kSpis;
            expect(tunnel == sealed_ % kBusyTunnels && PortFrames::sequence_of(*gone[i]) == ++sequence_[tunnel]);
            longest_ = std::max(longest_, steady_clock::now() - came_at_[sealed_ % came_at_.size()]);
            rte_pktmbuf_free(gone[i]);
        }
        count = ports_.take_sent_to_clear(gone);
        for (std::size_t i = 0; i < count; ++i, ++opened_) {
            expect(PortFrames::number_of(*gone[i]) == opened_);
            longest_ = std::max(longest_, steady_clock::now() - came_at_[opened_ % came_at_.size()]);
            rte_pktmbuf_free(gone[i]);
        }
    }
    void expect(bool good) { in_order_ = in_order_ && good; }

    const std::uint32_t kSpis = to_number(bench::child_options(suite(), 0).spi_out);

    bench::RingWorker& ports_ = test::ports_in_memory();
    PortFrames frames_{ports_, suite(), kBusyTunnels};
    std::uint32_t came_ = 0;  // from each side
    std::uint32_t sealed_ = 0;
    std::uint32_t opened_ = 0;
    std::array<std::uint32_t, kBusyTunnels> sequence_{};
    std::array<steady_clock::time_point, 1024> came_at_;
    steady_clock::duration longest_{};
    bool in_order_ = true;
};

/// One of many CHILD_SAs that come and go. Those of tunnels with traffic are never sent on.
ChildOptions passing_child(std::uint32_t number) {
    const std::uint32_t tunnel = number % kTunnels;
    ChildOptions options = bench::child_options(suite(), number);
    options.tunnel = TunnelId{tunnel};
    options.selectors = bench::child_options(suite(), tunnel).selectors;
    options.send_at_once = tunnel >= kBusyTunnels;
    return options;
}

class Churn {
  public:
    Churn() {
        for (std::uint32_t number = 0; number < kTunnels; ++number)
            dataplane.add_tunnel(bench::tunnel_policy(number));
        for (std::uint32_t number = 0; number < kBusyTunnels; ++number)
            dataplane.install(bench::child_options(suite(), number));
        while (installed < kBusyTunnels)
            take_events();
    }

    void install() { dataplane.install(passing_child(next_++)); }
    void retire() { dataplane.retire(ChildId{oldest_++}); }
    std::uint32_t live() const { return next_ - oldest_; }
    /// They do so in order.
    bool last_came_back() const { return !dataplane.counters(ChildId{oldest_ - 1}); }
    bool all_came_back() const {
        for (std::uint32_t number = kTunnels; number < oldest_; ++number) {
            if (dataplane.counters(ChildId{number})) return false;
        }
        return true;
    }

    void step() {
        flow.step();
        take_events();
    }
    void take_events() {
        while (auto event = dataplane.poll_event())
            installed += std::holds_alternative<Installed>(*event) ? 1 : 0;
    }
    /// Goes on with it until something is so; what never is fails.
    template <typename Condition>
    void until(Condition condition) {
        const auto patience = steady_clock::now() + 60s;
        while (!condition()) {
            REQUIRE(steady_clock::now() < patience);
            step();
        }
    }
    void finish() {
        const auto patience = steady_clock::now() + 60s;
        while (!flow.all_arrived() && steady_clock::now() < patience)
            take_events();
        CHECK(flow.all_arrived());
        CHECK(flow.in_order());
        CHECK(drops_of_ports() == drops_before_);
        CHECK(dataplane.workers()[0].drops.empty());
    }

    PortsDataplane dataplane;
    Flow flow;
    std::uint32_t installed = 0;

  private:
    /// Of every reason.
    static std::uint64_t drops_of_ports() {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < kDropReasonCount; ++i)
            sum += test::ports_in_memory().drops().read(static_cast<DropReason>(i));
        return sum;
    }

    std::uint32_t next_ = kTunnels;  // those below are the tunnels' own
    std::uint32_t oldest_ = next_;
    std::uint64_t drops_before_ = drops_of_ports();
};

/// What a turn takes is the machine's, and more in a sanitized build; that it is so many commands at most, and packets
/// beside them, is worker_test's.
void print(const char* what, const Timed::Longest& longest) {
    WARN(what << ": the longest turn took " << longest.cycles << " TSC cycles, " << longest.cpu_time.count() / 1000
              << " us of cpu time");
}

TEST_CASE("a thousand installs and a thousand removals a second disturb no packet") {
    Churn churn;
    const auto begin = steady_clock::now();
    while (steady_clock::now() < begin + 500ms)
        churn.step();
    print("undisturbed", churn.dataplane.timed.take_longest());

    constexpr std::uint32_t kChanges = 1500;
    constexpr std::uint32_t kLive = 100;
    auto due = steady_clock::now();
    for (std::uint32_t i = 0; i < kChanges; due += 1ms, ++i) {
        while (steady_clock::now() < due)
            churn.step();
        churn.install();
        if (churn.live() > kLive) churn.retire();
        churn.step();
    }
    while (churn.live() > 0)
        churn.retire();
    churn.until([&] { return churn.installed == kBusyTunnels + kChanges && churn.last_came_back(); });
    CHECK(churn.all_came_back());
    print("with 1,000 installs and 1,000 removals a second", churn.dataplane.timed.take_longest());

    churn.finish();
    WARN(churn.flow.each_way() << " packets each way, none of which was under way for longer than "
                               << churn.flow.longest_way() / 1us << " us");
}

TEST_CASE("a crowd of commands that is larger than the ring is done beside the packets, not before them") {
    Churn churn;
    constexpr std::uint32_t kCrowd = 3 * Mailbox::kCommands;
    (void)churn.dataplane.timed.take_longest();
    const std::uint32_t before = churn.flow.each_way();
    for (std::uint32_t i = 0; i < kCrowd; ++i)
        churn.install();
    churn.until([&] { return churn.installed == kBusyTunnels + kCrowd; });
    for (std::uint32_t tunnel = 0; tunnel < kTunnels; ++tunnel)
        churn.dataplane.set_link_mtu(TunnelId{tunnel}, 9100);
    while (churn.live() > 0)
        churn.retire();
    churn.until([&] { return churn.last_came_back(); });
    CHECK(churn.all_came_back());
    print("with 12,288 installs, 300 new link MTUs, 12,288 removals, each at once",
          churn.dataplane.timed.take_longest());
    CHECK(churn.flow.each_way() > before);

    churn.finish();
}

}  // namespace
}  // namespace esplane::dataplane
