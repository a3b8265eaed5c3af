#include "dataplane/io/waiter.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>

namespace esplane::dataplane {
namespace {

bool is_socket(int fd) {
    int type = 0;
    socklen_t length = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
}

}  // namespace

Waiter::Waiter() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_.is_open()) std::abort();
}

void Waiter::add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) std::abort();
    readable_.resize(std::max(readable_.size(), static_cast<std::size_t>(fd) + 1));
}

void Waiter::remove(int fd) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

bool Waiter::wait_for(std::optional<std::chrono::nanoseconds> most) {
    for (const int fd : found_)
        readable_[static_cast<std::size_t>(fd)] = 0;
    found_.clear();
    epoll_event events[kMost];
    timespec limit{};
    if (most) limit = {.tv_sec = most->count() / 1'000'000'000, .tv_nsec = most->count() % 1'000'000'000};
    const int count = epoll_pwait2(epoll_.get(), events, kMost, most ? &limit : nullptr, nullptr);
    bool pending = false;
    for (int i = 0; i < count; ++i) {
        found_.push_back(events[i].data.fd);
        readable_[static_cast<std::size_t>(events[i].data.fd)] = 1;
        // Would be reported for ever, and the worker never sleep again. A socket's error is no more than a message
        // about some packet, which its reader takes.
        const bool broken = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0 && (events[i].events & EPOLLIN) == 0;
        if (broken && !is_socket(events[i].data.fd)) remove(events[i].data.fd);
        pending = pending || (events[i].events & EPOLLERR) != 0;
    }
    return pending;
}

}  // namespace esplane::dataplane
