// Has OCSP responders asked on threads of its own: the control thread never waits for one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "crypto/result.h"
#include "dataplane/io/file_descriptor.h"
#include "ike/core/actions.h"
#include "ike/runtime/event_loop.h"

namespace esplane::gateway {

class StatusFetcher {
  public:
    /// Called on any of the threads, several at once; may take its time. The error is a sentence.
    using Ask = std::function<Result<Bytes, std::string>(const ike::FetchStatus& question)>;
    /// Called on the loop's thread, once for each question.
    using Deliver = std::function<void(const ike::StatusFetched& fetched)>;

    /// What has not been answered after `patience` counts as if nothing could be had: the resolution of a name can take
    /// longer than anybody waits. No thread runs before the first question.
    StatusFetcher(ike::EventLoop& loop, Ask ask, Deliver deliver,
                  std::chrono::milliseconds patience = std::chrono::seconds(10));
    /// Waits for what is under way.
    ~StatusFetcher();
    StatusFetcher(const StatusFetcher&) = delete;
    StatusFetcher& operator=(const StatusFetcher&) = delete;

    /// Never waits. The certificate must not be one that is being asked about. More questions than fit are answered as
    /// if nobody could be asked.
    void ask(ike::FetchStatus question);

  private:
    struct Answer {
        ike::StatusFetched fetched;
        std::string problem;  ///< empty: there is none
    };
    struct Due {
        ike::EventLoop::TimePoint at;
        std::string certificate;
    };
    void work();
    void put(Answer answer);
    void take_answers();
    void deliver(const Answer& answer);
    void give_up();

    const Ask ask_;
    const Deliver deliver_;
    const std::chrono::milliseconds patience_;
    const dataplane::FileDescriptor news_;
    ike::EventLoop::Watch watch_;
    ike::EventLoop::Timer due_timer_;
    std::set<std::string> asked_;  ///< what is not delivered yet
    std::deque<Due> due_;          ///< when it must be; some of it is already

    // What the threads share.
    std::mutex mutex_;
    std::condition_variable more_;
    bool ending_ = false;
    std::deque<ike::FetchStatus> questions_;
    std::vector<Answer> answers_;
    std::vector<std::thread> threads_;
};

}  // namespace esplane::gateway
