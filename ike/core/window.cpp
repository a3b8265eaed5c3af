#include "ike/core/window.h"

#include <algorithm>

namespace esplane::ike {

InFlight& OutgoingWindow::launch(InFlight flight) {
    flight.id = next_id_++;
    return in_flight_.emplace(std::move(flight));
}

bool OutgoingWindow::awaits(const wire::Header& response) const {
    return in_flight_ && in_flight_->id == response.message_id && in_flight_->type == response.exchange;
}

bool OutgoingWindow::enqueue(Task task) {
    if (queue_.size() >= kMaxQueuedTasks || has_queued(task)) return false;
    queue_.push_back(task);
    return true;
}

void OutgoingWindow::enqueue_first(Task task) {
    if (!has_queued(task)) queue_.push_front(task);
}

std::optional<Task> OutgoingWindow::dequeue() {
    if (queue_.empty()) return std::nullopt;
    const Task task = queue_.front();
    queue_.pop_front();
    return task;
}

bool OutgoingWindow::has_queued(const Task& task) const {
    return std::find(queue_.begin(), queue_.end(), task) != queue_.end();
}

IncomingWindow::Verdict IncomingWindow::judge(std::uint32_t id, const Fingerprint& request) const {
    // RFC 7296 2.2: message IDs do not wrap; the last one is never used, so `expected_id_` cannot pass it.
    if (id == expected_id_) return id == UINT32_MAX ? Verdict::kOutside : Verdict::kNew;
    if (id + 1 == expected_id_ && last_request_ == request) return Verdict::kRepeated;
    return Verdict::kOutside;
}

void IncomingWindow::answered(const Fingerprint& request, Datagrams answer,
                              std::optional<dataplane::ChildId> held_for) {
    ++expected_id_;
    last_request_ = request;
    answer_ = std::move(answer);
    held_for_ = held_for;
}

bool IncomingWindow::release(dataplane::ChildId child) {
    if (held_for_ != child) return false;
    held_for_.reset();
    return true;
}

}  // namespace esplane::ike
