#include "gateway/status_fetcher.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "gateway/log.h"

namespace esplane::gateway {
namespace {

// One responder that does not answer holds up no other.
constexpr std::size_t kThreads = 4;
constexpr std::size_t kMostQuestions = 256;

}  // namespace

StatusFetcher::StatusFetcher(ike::EventLoop& loop, Ask ask, Deliver deliver, std::chrono::milliseconds patience)
    : ask_(std::move(ask)),
      deliver_(std::move(deliver)),
      patience_(patience),
      news_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      due_timer_(loop, [this] { give_up(); }) {
    watch_ = loop.watch(news_.get(), [this](auto) { take_answers(); });
}

StatusFetcher::~StatusFetcher() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    more_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

void StatusFetcher::ask(ike::FetchStatus question) {
    asked_.insert(question.certificate);
    due_.push_back({ike::EventLoop::now() + patience_, question.certificate});
    if (due_.size() == 1) due_timer_.set(due_.front().at);
    {
        const std::lock_guard lock(mutex_);
        if (questions_.size() < kMostQuestions) {
            questions_.push_back(std::move(question));
            if (threads_.size() < kThreads) threads_.emplace_back([this] { work(); });
            more_.notify_one();
            return;
        }
    }
    put({{std::move(question.certificate), {}}, "OCSP: too many other questions wait for their responders"});
}

void StatusFetcher::work() {
    for (;;) {
        std::unique_lock lock(mutex_);
        more_.wait(lock, [this] { return ending_ || !questions_.empty(); });
        if (ending_) return;
        const ike::FetchStatus question = std::move(questions_.front());
        questions_.pop_front();
        lock.unlock();
        auto response = ask_(question);
        put({{question.certificate, response ? *response : Bytes()}, response ? "" : response.error()});
    }
}

void StatusFetcher::put(Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    const std::uint64_t one = 1;
    static_cast<void>(write(news_.get(), &one, sizeof one));
}

void StatusFetcher::take_answers() {
    std::uint64_t count = 0;
    static_cast<void>(read(news_.get(), &count, sizeof count));
    std::vector<Answer> answers;
    {
        const std::lock_guard lock(mutex_);
        answers.swap(answers_);
    }
    for (const Answer& answer : answers)
        deliver(answer);
}

void StatusFetcher::deliver(const Answer& answer) {
    if (asked_.erase(answer.fetched.certificate) == 0) return;  // too late
    if (!answer.problem.empty()) log_warning(answer.problem);
    deliver_(answer.fetched);
}

void StatusFetcher::give_up() {
    while (!due_.empty() && due_.front().at <= ike::EventLoop::now()) {
        const std::string certificate = std::move(due_.front().certificate);
        due_.pop_front();
        deliver({{certificate, {}}, "OCSP: a responder, or the resolution of its name, takes too long"});
    }
    if (!due_.empty()) due_timer_.set(due_.front().at);
}

}  // namespace esplane::gateway
