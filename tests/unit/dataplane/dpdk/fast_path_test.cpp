// What a packet may not cost: an allocation, a lock, a system call. A worker's own loop runs between ports in memory,
// and everything is counted that it does between two of its looks around.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <random>

#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/dpdk/poller.h"
#include "dataplane/worker/worker.h"
#include "tests/unit/dataplane/dpdk/port_frames.h"
#include "tests/unit/dataplane/dpdk/ports_in_memory.h"
#include "tests/unit/dataplane/support/allocations.h"
#include "tests/unit/dataplane/support/locks.h"
#include "tests/unit/dataplane/support/system_calls.h"

namespace esplane::dataplane {
namespace {

using std::chrono::steady_clock;
using test::PortFrames;

/// Of this thread, between begin() and end(), any number of times.
class Costs {
  public:
    void begin() {
        allocations -= test::allocations();
        locks -= test::locks();
        watch_.start();
    }
    void end() {
        watch_.stop();
        allocations += test::allocations();
        locks += test::locks();
        system_calls = watch_.count() - forgotten_;
    }
    void forget() {
        allocations = locks = system_calls = 0;
        forgotten_ = watch_.count();
    }
    bool sees_system_calls() const { return watch_.works(); }
    long last_system_call() const { return watch_.last(); }

    std::size_t allocations = 0;
    std::size_t locks = 0;
    std::size_t system_calls = 0;

  private:
    test::SystemCallWatch watch_;
    std::size_t forgotten_ = 0;
};

/// A worker's poller. Between two turns, and not counted, it does what the test wants.
class Watched {
  public:
    Watched(FrameReceiver& receiver, std::function<void()> between)
        : poller_(receiver, false), between_(std::move(between)) {}

    void add(int fd) { poller_.add(fd); }
    bool wait(int milliseconds) {
        costs.end();
        between_();
        costs.begin();
        return poller_.wait(milliseconds);
    }
    bool is_readable(int fd) const { return poller_.is_readable(fd); }

    Costs costs;

  private:
    Poller poller_;
    std::function<void()> between_;
};

/// A worker with tunnels that are up, for so many turns with a burst on either side in each. Most packets go through;
/// the others are what a hostile or careless neighbour would send.
class Course {
  public:
    static constexpr std::uint32_t kTunnels = 300;
    static constexpr std::uint32_t kNarrow = 0;  ///< the tunnel that does not carry all of kLong
    static constexpr std::uint32_t kLong = 3000;
    static constexpr std::uint32_t kPieces = 3;
    static constexpr int kWarmUp = 20;
    static constexpr int kTurns = 100;
    static constexpr std::size_t kGood = 48;  ///< a turn, of each side
    static constexpr std::size_t kOther = 4;  ///< of each kind

    explicit Course(const bench::Suite& suite) : frames_(ports_, suite, kTunnels) {
        for (std::uint32_t number = 0; number < kTunnels; ++number) {
            TunnelPolicy policy = bench::tunnel_policy(number);
            if (number == kNarrow) policy.mtu_bytes = 1400;
            give(AddTunnel{std::make_unique<TunnelState>(std::move(policy))});
            give(Install{std::make_unique<ChildSa>(bench::child_options(suite, number))});
        }
    }

    void run() {
        watched_.costs.begin();
        worker_.run();
        watched_.costs.end();
    }

    const Costs& costs() const { return watched_.costs; }
    steady_clock::duration took() const { return ended_ - began_; }
    std::uint64_t drops(DropReason reason) const { return mailbox_.drops.read(reason); }

    std::size_t sent_to_cipher = 0;
    std::size_t sent_to_clear = 0;

  private:
    void give(Command command) { REQUIRE(mailbox_.commands.push(command)); }

    void between_turns() {
        sent_to_cipher += take([this](auto gone) { return ports_.take_sent_to_cipher(gone); });
        sent_to_clear += take([this](auto gone) { return ports_.take_sent_to_clear(gone); });
        while (const auto event = mailbox_.events.pop())
            installed_ += std::holds_alternative<Installed>(*event) ? 1 : 0;
        if (installed_ < kTunnels) return;
        if (turn_ == kWarmUp) {
            watched_.costs.forget();
            began_ = steady_clock::now();
        }
        if (turn_ == kWarmUp + kTurns) {
            ended_ = steady_clock::now();
            mailbox_.stop.store(true);
        } else {
            arrive_cipher();
            arrive_clear();
        }
        ++turn_;
    }

    template <typename Take>
    std::size_t take(Take take) {
        std::array<rte_mbuf*, 2 * kBurst> gone;
        const std::size_t count = take(std::span(gone));
        for (std::size_t i = 0; i < count; ++i)
            rte_pktmbuf_free(gone[i]);
        return count;
    }

    void arrive_clear() {
        std::vector<rte_mbuf*> burst;
        for (std::size_t i = 0; i < kGood; ++i)
            burst.push_back(frames_.plain(any_tunnel(), any_length(), 0));
        for (std::size_t i = 0; i < kOther; ++i) {
            burst.push_back(frames_.plain(kNarrow, kLong, 0));
            burst.push_back(frames_.plain(kTunnels, 100, 0));  // there is no such tunnel
            rte_mbuf* const runt = burst.emplace_back(frames_.plain(1, 100, 0));
            set_octets(*runt, octets_of(*runt).data(), kEthernetHeader + 10);
        }
        std::shuffle(burst.begin(), burst.end(), random_);
        ports_.arrive_clear(burst);
    }

    void arrive_cipher() {
        std::vector<rte_mbuf*> burst;
        for (std::size_t i = 0; i < kGood; ++i)
            burst.push_back(frames_.sealed(next_tunnel_ < kTunnels ? next_tunnel_++ : any_tunnel(), any_length(), 0));
        for (std::size_t i = 0; i < kOther; ++i) {
            rte_mbuf* const twice = burst[i];
            burst.push_back(ports_.make());
            set_octets(*burst.back(), octets_of(*burst.back()).data(), octets_of(*twice).size());
            std::ranges::copy(octets_of(*twice), octets_of(*burst.back()).begin());
            octets_of(*burst.emplace_back(frames_.sealed(kNarrow, 200, 0))).back() ^= 1;
            octets_of(*burst.emplace_back(frames_.sealed(kNarrow, 200, 0)))[kSpiAt] ^= 0x20;
        }
        std::shuffle(burst.begin(), burst.end(), random_);
        ports_.arrive_cipher(burst);
    }

    std::uint32_t any_tunnel() { return std::uniform_int_distribution<std::uint32_t>(1, kTunnels - 1)(random_); }
    std::uint32_t any_length() { return std::uniform_int_distribution<std::uint32_t>(test::kShortest, 1400)(random_); }

    static constexpr std::size_t kSpiAt = kEthernetHeader + 28;

    bench::RingWorker& ports_ = test::ports_in_memory();
    PortFrames frames_;
    std::minstd_rand random_{1};
    Bell to_control_;
    Mailbox mailbox_{to_control_};
    Watched watched_{ports_.receiver(), [this] { between_turns(); }};
    Worker<DpdkClear, DpdkCipher, Watched> worker_{ports_.clear(), ports_.cipher(), watched_, mailbox_};
    std::uint32_t installed_ = 0;
    int turn_ = 0;                   // with packets
    std::uint32_t next_tunnel_ = 0;  // whose peer was not heard yet
    steady_clock::time_point began_;
    steady_clock::time_point ended_;
};

TEST_CASE("a packet costs no allocation, no lock and no system call") {
    for (const bench::Suite& suite : bench::suites()) {
        INFO(suite.name());
        const auto course = std::make_unique<Course>(suite);
        course->run();
        INFO("the last system call was number " << course->costs().last_system_call());
        CHECK(course->costs().allocations == 0);
        CHECK(course->costs().system_calls == 0);
        // Neighbours are looked after by the clock: that takes a lock once a millisecond, if it is free, and another
        // for each of the two that is asked whether it is still there, once a second at most.
        const auto ticks = std::chrono::ceil<std::chrono::milliseconds>(course->took()).count() + 1;
        const auto questions = 2 * (std::chrono::ceil<std::chrono::seconds>(course->took()).count() + 1);
        const auto looks = std::min<std::int64_t>(ticks, Course::kTurns);
        CHECK(course->costs().locks <= static_cast<std::size_t>(looks + questions));
        if (!course->costs().sees_system_calls())
            WARN("This kernel does not tell of system calls: none was looked for");

        // And they were packets of all kinds.
        constexpr std::size_t kTurns = Course::kWarmUp + Course::kTurns;
        CHECK(course->sent_to_cipher == kTurns * (Course::kGood + Course::kOther * Course::kPieces));
        CHECK(course->sent_to_clear == kTurns * Course::kGood);
        for (const DropReason reason : {DropReason::kNoPolicy, DropReason::kReplay, DropReason::kBadIcv})
            CHECK(course->drops(reason) == kTurns * Course::kOther);
    }
}

TEST_CASE("each of what a packet may not cost is noticed") {
    Costs costs;
    const auto cost_of = [&](const auto& what) {
        costs.forget();
        costs.begin();
        what();
        costs.end();
    };
    cost_of([] {});
    CHECK((costs.allocations == 0 && costs.locks == 0 && costs.system_calls == 0));

    struct alignas(64) Line {
        char octets[64];
    };
    // Kept, or a compiler might do without them.
    std::unique_ptr<int> number;
    cost_of([&] { number = std::make_unique<int>(1); });
    CHECK((costs.allocations == 1 && *number == 1));
    std::unique_ptr<Line> line;
    cost_of([&] { line = std::make_unique<Line>(); });
    CHECK((costs.allocations == 1 && line->octets[0] == 0));
    void* volatile block = nullptr;
    cost_of([&] { block = std::calloc(2, 8); });
    CHECK((costs.allocations == 1 && block != nullptr));
    std::free(block);
    cost_of([&] { block = std::aligned_alloc(64, 64); });
    CHECK((costs.allocations == 1 && block != nullptr));
    std::free(block);

    std::mutex mutex;
    cost_of([&] { const std::lock_guard lock(mutex); });
    CHECK(costs.locks == 1);
    cost_of([&] { const std::unique_lock lock(mutex, std::try_to_lock); });
    CHECK(costs.locks == 1);

    if (!costs.sees_system_calls()) {
        WARN("This kernel does not tell of system calls: none was looked for");
        return;
    }
    pid_t process = 0;
    cost_of([&] { process = getppid(); });
    CHECK(costs.system_calls == 1);
    CHECK(process == getppid());
    cost_of([] { (void)steady_clock::now(); });
    CHECK(costs.system_calls == 0);
    // It takes six arguments, and says what it always says to these.
    void* mapped = nullptr;
    cost_of([&] { mapped = mmap(nullptr, 4096, PROT_NONE, 0, -1, 0); });
    CHECK(costs.system_calls == 1);
    CHECK(mapped == MAP_FAILED);
    CHECK(errno == EBADF);
}

}  // namespace
}  // namespace esplane::dataplane
