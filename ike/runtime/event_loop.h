// Waits for descriptors and points in time, and calls back: the control thread's only place to wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"

namespace esplane::ike {

/// One thread. Handlers may make and end watches and timers freely, their own too.
class EventLoop {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    struct Ready {
        bool readable = false;
        bool writable = false;
        bool hung_up = false;  ///< both ways, or broken; told whatever the interest, readable and writable with it
    };
    struct Interest {
        bool read = true;
        bool write = false;
    };
    using ReadyHandler = std::function<void(Ready)>;
    using TimerHandler = std::function<void()>;

    /// Watches a descriptor, level-triggered, as long as it lives. Does not own the descriptor and must end before it.
    class Watch {
      public:
        Watch() = default;
        Watch(Watch&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_) {}
        Watch& operator=(Watch&& other) noexcept;
        ~Watch() { end(); }
        void want(Interest interest);
        void end();

      private:
        friend class EventLoop;
        Watch(EventLoop* loop, std::uint64_t id) : loop_(loop), id_(id) {}
        EventLoop* loop_ = nullptr;
        std::uint64_t id_ = 0;
    };

    /// Calls its handler once for each time that it was set.
    class Timer {
      public:
        Timer(EventLoop& loop, TimerHandler handler);
        Timer(const Timer&) = delete;
        Timer& operator=(const Timer&) = delete;
        ~Timer() { cancel(); }
        void set(TimePoint at);
        void set_after(std::chrono::milliseconds delay) { set(now() + delay); }
        void cancel();

      private:
        friend class EventLoop;
        EventLoop& loop_;
        std::shared_ptr<TimerHandler> handler_;
        TimePoint at_;
        bool pending_ = false;
    };

    static Result<std::unique_ptr<EventLoop>, std::string> open();
    static TimePoint now() { return std::chrono::steady_clock::now(); }

    /// For reading, until told otherwise. If the kernel is out of memory or of watches, the watch never calls.
    [[nodiscard]] Watch watch(int fd, ReadyHandler handler);
    /// Waits until something is due, then calls the handlers of all that is, each once.
    void turn();

  private:
    struct Watched {
        int fd;
        std::shared_ptr<ReadyHandler> handler;
    };

    explicit EventLoop(dataplane::FileDescriptor epoll) : epoll_(std::move(epoll)) {}
    int wait_milliseconds() const;
    void call_timers();

    dataplane::FileDescriptor epoll_;
    std::uint64_t last_id_ = 0;
    std::unordered_map<std::uint64_t, Watched> watched_;
    std::set<std::pair<TimePoint, Timer*>> timers_;
};

}  // namespace esplane::ike
