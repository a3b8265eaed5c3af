// How a worker spends its time that polls ports: it looks again at once as long as packets come, then, where it may,
// rests a moment between looks. Descriptors of TUN devices beside the ports are looked at in every turn.
#pragma once

#include <chrono>

#include "dataplane/dpdk/frame_receiver.h"
#include "dataplane/io/waiter.h"

namespace esplane::dataplane {

/// Does a Waiter's work for a Worker.
class Poller {
  public:
    /// `receiver` must outlive it. The mailbox's bell alone need not be looked at: commands are in a ring that the
    /// worker reads. `has_devices`: TUN devices are watched, too.
    Poller(FrameReceiver& receiver, bool has_devices) : receiver_(receiver), has_devices_(has_devices) {}

    Waiter& waiter() { return waiter_; }
    void add(int fd) { waiter_.add(fd); }
    /// `milliseconds` of 0: does not rest.
    bool wait(int milliseconds) {
        idle_turns_ = receiver_.take_activity() || milliseconds == 0 ? 0 : idle_turns_ + 1;
        const bool rests = idle_turns_ >= kPatientTurns;
        looked_ = rests || has_devices_;
        return looked_ && waiter_.wait_for(rests ? kRest : std::chrono::nanoseconds{0});
    }
    bool is_readable(int fd) const { return looked_ && waiter_.is_readable(fd); }

  private:
    static constexpr int kPatientTurns = 2000;  // some hundred microseconds
    static constexpr std::chrono::microseconds kRest{100};

    FrameReceiver& receiver_;
    Waiter waiter_;
    bool has_devices_;
    int idle_turns_ = 0;
    bool looked_ = false;
};

}  // namespace esplane::dataplane
