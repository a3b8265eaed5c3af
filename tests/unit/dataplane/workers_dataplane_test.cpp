#include "dataplane/workers_dataplane.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "dataplane/io/waiter.h"

namespace esplane::dataplane {
namespace {

/// One worker that takes a turn at each ring of its bell, as long as it may.
class OneWorker final : public WorkersDataplane {
  public:
    OneWorker() : WorkersDataplane(1), thread_(worker_id(0), mailbox(worker_id(0)), -1, [this] { run(); }) {
        employ(thread_);
    }

    Result<void, std::string> open_port(const ClearPortOptions&) override { return {}; }
    void close_port(ClearPort) override {}
    void send_ike(const Path&, ByteView) override {}
    void send_keepalive(const Path&) override {}

    void wait_for_turns(std::uint64_t count) {
        while (mailbox(worker_id(0)).turns.read() < count)
            std::this_thread::yield();
    }

    std::atomic<bool> stands_still{false};

  private:
    void let_go(WorkerId, ClearPort) override {}

    void run() {
        Mailbox& own = mailbox(worker_id(0));
        Waiter waiter;
        waiter.add(own.to_worker.descriptor());
        while (!own.stop.load()) {
            waiter.wait(1);
            if (waiter.is_readable(own.to_worker.descriptor())) own.to_worker.silence();
            if (!stands_still.load()) own.turns.add(1);
        }
    }

    WorkerThread thread_;
};

}  // namespace

TEST_CASE("A worker that stands still is noticed at the second look, and when it goes on") {
    OneWorker dataplane;
    dataplane.wait_for_turns(1);
    dataplane.look_after_workers();
    CHECK_FALSE(dataplane.workers()[0].stalled);

    dataplane.stands_still = true;
    const auto is_stalled = [&] {
        dataplane.look_after_workers();
        return dataplane.workers()[0].stalled;
    };
    // What fails here does not end.
    while (!is_stalled())
        std::this_thread::yield();
    dataplane.stands_still = false;
    while (is_stalled())
        std::this_thread::yield();
}

}  // namespace esplane::dataplane
