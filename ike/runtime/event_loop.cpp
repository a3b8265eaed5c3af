#include "ike/runtime/event_loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace esplane::ike {
namespace {

epoll_event make_event(std::uint64_t id, EventLoop::Interest interest) {
    epoll_event event{};
    event.events = (interest.read ? EPOLLIN : 0U) | (interest.write ? EPOLLOUT : 0U);
    event.data.u64 = id;
    return event;
}

}  // namespace

EventLoop::Watch& EventLoop::Watch::operator=(Watch&& other) noexcept {
    if (this == &other) return *this;
    end();
    loop_ = std::exchange(other.loop_, nullptr);
    id_ = other.id_;
    return *this;
}

void EventLoop::Watch::want(Interest interest) {
    if (loop_ == nullptr) return;
    epoll_event event = make_event(id_, interest);
    epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_MOD, loop_->watched_.at(id_).fd, &event);
}

void EventLoop::Watch::end() {
    if (loop_ == nullptr) return;
    const auto found = loop_->watched_.find(id_);
    epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_DEL, found->second.fd, nullptr);
    loop_->watched_.erase(found);
    loop_ = nullptr;
}

EventLoop::Timer::Timer(EventLoop& loop, TimerHandler handler)
    : loop_(loop), handler_(std::make_shared<TimerHandler>(std::move(handler))) {}

void EventLoop::Timer::set(TimePoint at) {
    cancel();
    at_ = at;
    pending_ = true;
    loop_.timers_.emplace(at_, this);
}

void EventLoop::Timer::cancel() {
    if (pending_) loop_.timers_.erase({at_, this});
    pending_ = false;
}

Result<std::unique_ptr<EventLoop>, std::string> EventLoop::open() {
    dataplane::FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) return Failure{std::string("cannot make an epoll instance: ") + std::strerror(errno)};
    return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll)));
}

EventLoop::Watch EventLoop::watch(int fd, ReadyHandler handler) {
    const std::uint64_t id = ++last_id_;
    watched_.emplace(id, Watched{fd, std::make_shared<ReadyHandler>(std::move(handler))});
    epoll_event event = make_event(id, Interest{});
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
    return Watch(this, id);
}

int EventLoop::wait_milliseconds() const {
    if (timers_.empty()) return -1;
    // Rounded up: waking before the time would only mean to wait again.
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(wait, 0, std::numeric_limits<int>::max()));
}

void EventLoop::turn() {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_milliseconds());
    for (int i = 0; i < count; ++i) {
        // Copied: the kernel packs its events, and a reference to a member would not be aligned.
        const std::uint64_t watch = events[static_cast<std::size_t>(i)].data.u64;
        const std::uint32_t bits = events[static_cast<std::size_t>(i)].events;
        // An earlier handler of this turn may have ended the watch: a number is never used twice, so it is not found.
        const auto found = watched_.find(watch);
        if (found == watched_.end()) continue;
        const auto handler = found->second.handler;  // outlives a watch that ends itself
        const bool hung_up = (bits & (EPOLLHUP | EPOLLERR)) != 0;
        (*handler)({hung_up || (bits & EPOLLIN) != 0, hung_up || (bits & EPOLLOUT) != 0, hung_up});
    }
    call_timers();
}

void EventLoop::call_timers() {
    const TimePoint start = now();
    // Bounded, so that a timer that is set into the past again and again does not starve the sockets.
    for (std::size_t left = timers_.size(); left > 0 && !timers_.empty(); --left) {
        Timer* timer = timers_.begin()->second;
        if (timer->at_ > start) return;
        timer->cancel();
        const auto handler = timer->handler_;  // outlives a timer that ends itself
        (*handler)();
    }
}

}  // namespace esplane::ike
