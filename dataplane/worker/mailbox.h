// All that the control thread and one worker share.
#pragma once

#include <atomic>
#include <deque>

#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/drop_reason.h"
#include "dataplane/sa/tunnel.h"
#include "dataplane/worker/bell.h"
#include "dataplane/worker/messages.h"
#include "dataplane/worker/ring.h"

namespace esplane::dataplane {

struct Mailbox {
    /// The control thread has one bell for all its workers; it must outlive the mailbox.
    explicit Mailbox(const Bell& bell_of_control) : to_control(bell_of_control) {}

    static constexpr std::size_t kCommands = 4096;
    static constexpr std::size_t kEvents = 4096;

    Ring<Command> commands{kCommands};  ///< control thread to worker
    Ring<Event> events{kEvents};        ///< worker to control thread
    Bell to_worker;                     ///< rung by other workers, too
    const Bell& to_control;
    std::atomic<bool> stop{false};
    DropCounters drops;   ///< written by the worker
    Counter packets;      ///< in and out, that went through
    Counter handed_over;  ///< to other workers
    Counter turns;
    Counter bursts;            ///< turns that had packets
    Counter arrived;           ///< packets in them
    Counter busy_nanoseconds;  ///< that they took
};

/// One side's way into a ring: what must arrive waits here while the ring is full, what may be lost is offered only.
template <typename T>
class Outbox {
  public:
    Outbox(Ring<T>& ring, const Bell& bell) : ring_(ring), bell_(bell) {}

    /// Arrives, sooner or later, in order with everything posted.
    void post(T message) {
        waiting_.push_back(std::move(message));
        flush();
    }
    /// False when there is no room now.
    bool offer(T message) {
        if (!waiting_.empty() || !ring_.push(message)) return false;
        unrung_ = true;
        return true;
    }
    /// Moves what waits, and wakes the other side if there is anything new. Once a turn is enough; and when the other
    /// side rings after ours found its ring full.
    void deliver() {
        flush();
        if (!unrung_) return;
        bell_.ring();
        unrung_ = false;
    }
    bool has_waiting() const { return !waiting_.empty(); }

  private:
    void flush() {
        push_waiting();
        if (!waiting_.empty() && !wants_room_) {
            want_room(true);
            push_waiting();
        }
        if (waiting_.empty() && wants_room_) want_room(false);
    }
    void want_room(bool wanted) {
        ring_.want_room(wanted);
        wants_room_ = wanted;
    }
    void push_waiting() {
        while (!waiting_.empty() && ring_.push(waiting_.front())) {
            waiting_.pop_front();
            unrung_ = true;
        }
    }

    Ring<T>& ring_;
    const Bell& bell_;
    std::deque<T> waiting_;
    bool unrung_ = false;
    bool wants_room_ = false;
};

}  // namespace esplane::dataplane
