// The worker on a thread of its own: it sleeps, and no call to wake it is missed.
#include <poll.h>

#include <catch2/catch.hpp>
#include <thread>

#include "dataplane/worker/worker.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

constexpr int kLongMilliseconds = 10'000;

/// A side without packets.
class SilentIo {
  public:
    std::size_t rx(std::span<Received>) { return 0; }
    static bool has_backlog() { return false; }
    void release() {}
    void slots(std::span<Slot> lent) { std::fill(lent.begin(), lent.end(), Slot{}); }
    std::size_t tx(std::span<Slot>) { return 0; }
    static std::size_t flush() { return 0; }
    void expect_errors() {}
    static std::optional<TooBigReport> next_report() { return std::nullopt; }
    static std::uint64_t take_overflows() { return 0; }
    void attach(ClearPort, int, OffloadSupport) {}
    void detach(ClearPort) {}
};

class Running {
  public:
    Running() : worker_(std::make_unique<Worker<SilentIo, SilentIo>>(clear_, cipher_, waiter_, mailbox_)) {
        thread_ = std::thread([this] { worker_->run(); });
    }
    ~Running() {
        mailbox_.stop.store(true, std::memory_order_release);
        mailbox_.to_worker.ring();
        thread_.join();
    }
    void give(Command command) {
        commands_.post(std::move(command));
        commands_.deliver();
    }
    /// Sleeps until the next event.
    std::optional<Event> next() {
        while (true) {
            if (auto event = mailbox_.events.pop()) return event;
            mailbox_.to_control.silence();
            commands_.deliver();  // the bell may have meant room for what found the ring full
            if (auto event = mailbox_.events.pop()) return event;
            pollfd bell{mailbox_.to_control.descriptor(), POLLIN, 0};
            if (poll(&bell, 1, kLongMilliseconds) != 1) return std::nullopt;
        }
    }

  private:
    SilentIo clear_;
    SilentIo cipher_;
    Waiter waiter_;
    Bell to_control_;
    Mailbox mailbox_{to_control_};
    Outbox<Command> commands_{mailbox_.commands, mailbox_.to_worker};
    std::unique_ptr<Worker<SilentIo, SilentIo>> worker_;
    std::thread thread_;
};

TEST_CASE("a sleeping worker is woken by each command, and wakes the control thread with each answer") {
    Running running;
    running.give(AddTunnel{std::make_unique<TunnelState>(test::tunnel_policy())});
    for (std::uint32_t i = 1; i <= 2000; ++i) {
        if (i % 2 == 1) {
            // Sent on, it would have more to tell.
            ChildOptions options = test::child_options(1);
            options.send_at_once = false;
            running.give(Install{std::make_unique<ChildSa>(std::move(options))});
            const auto event = running.next();
            REQUIRE(event);
            REQUIRE(std::holds_alternative<Installed>(*event));
        } else {
            running.give(Retire{ChildId{1}});
            const auto event = running.next();
            REQUIRE(event);
            REQUIRE(std::get<Returned>(*event).child != nullptr);
        }
    }
}

TEST_CASE("bursts of commands larger than the ring are all answered, in order, without another one to push them on") {
    Running running;
    running.give(AddTunnel{std::make_unique<TunnelState>(test::tunnel_policy())});
    constexpr std::uint32_t kCount = 3 * Mailbox::kCommands;
    for (std::uint32_t i = 1; i <= kCount; ++i)
        running.give(Retire{ChildId{i}});
    for (std::uint32_t i = 1; i <= kCount; ++i) {
        const auto event = running.next();
        REQUIRE(event);
        REQUIRE(std::get<Returned>(*event).id == ChildId{i});
    }
}

TEST_CASE("a worker stops while it sleeps") {
    const Running running;
    SUCCEED("the destructor returned");
}

}  // namespace
}  // namespace esplane::dataplane
