// Asks OCSP responders about certificates (RFC 6960 A.1), on threads of its own: the control thread never waits for
// one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "dataplane/io/file_descriptor.h"
#include "ike/core/actions.h"
#include "ike/runtime/event_loop.h"

namespace esplane::gateway {

class StatusFetcher {
  public:
    /// Called on the loop's thread, once for each question.
    using Deliver = std::function<void(const ike::StatusFetched& fetched)>;

    /// Responders are reached as the gateway's own packets are: by sockets with this mark. No thread runs before the
    /// first question.
    StatusFetcher(ike::EventLoop& loop, std::uint32_t socket_mark, Deliver deliver);
    /// Waits for what is under way.
    ~StatusFetcher();
    StatusFetcher(const StatusFetcher&) = delete;
    StatusFetcher& operator=(const StatusFetcher&) = delete;

    /// Never waits. More questions than fit are answered as if nobody could be asked.
    void ask(ike::FetchStatus question);

  private:
    struct Answer {
        ike::StatusFetched fetched;
        std::string problem;  ///< empty: there is none
    };
    void work();
    Answer ask_now(const ike::FetchStatus& question) const;
    void put(Answer answer);
    void deliver();

    const std::uint32_t socket_mark_;
    const Deliver deliver_;
    const dataplane::FileDescriptor news_;
    ike::EventLoop::Watch watch_;
    std::mutex mutex_;
    std::condition_variable more_;
    bool ending_ = false;
    std::deque<ike::FetchStatus> questions_;
    std::vector<Answer> answers_;
    std::vector<std::thread> threads_;
};

}  // namespace esplane::gateway
