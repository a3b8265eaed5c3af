#include "gateway/status_fetcher.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "gateway/http_post.h"
#include "gateway/log.h"

namespace esplane::gateway {
namespace {

// One responder that does not answer holds up no other.
constexpr std::size_t kThreads = 4;
constexpr std::size_t kMostQuestions = 256;
constexpr std::size_t kMostOctets = 64 << 10;

}  // namespace

StatusFetcher::StatusFetcher(ike::EventLoop& loop, std::uint32_t socket_mark, Deliver deliver)
    : socket_mark_(socket_mark), deliver_(std::move(deliver)), news_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    watch_ = loop.watch(news_.get(), [this](auto) { this->deliver(); });
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
    {
        const std::lock_guard lock(mutex_);
        if (questions_.size() < kMostQuestions) {
            questions_.push_back(std::move(question));
            if (threads_.size() < kThreads) threads_.emplace_back([this] { work(); });
            more_.notify_one();
            return;
        }
    }
    put({{std::move(question.certificate), {}}, "too many other questions wait"});
}

void StatusFetcher::work() {
    for (;;) {
        std::unique_lock lock(mutex_);
        more_.wait(lock, [this] { return ending_ || !questions_.empty(); });
        if (ending_) return;
        const ike::FetchStatus question = std::move(questions_.front());
        questions_.pop_front();
        lock.unlock();
        put(ask_now(question));
    }
}

StatusFetcher::Answer StatusFetcher::ask_now(const ike::FetchStatus& question) const {
    auto response = post({.url = question.url,
                          .content_type = "application/ocsp-request",
                          .accepted_type = "application/ocsp-response",
                          .body = question.request,
                          .most_octets = kMostOctets,
                          .socket_mark = socket_mark_});
    if (response) return {{question.certificate, *std::move(response)}, {}};
    return {{question.certificate, {}}, "OCSP responder " + question.url + ": " + response.error()};
}

void StatusFetcher::put(Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    const std::uint64_t one = 1;
    static_cast<void>(write(news_.get(), &one, sizeof one));
}

void StatusFetcher::deliver() {
    std::uint64_t count = 0;
    static_cast<void>(read(news_.get(), &count, sizeof count));
    std::vector<Answer> answers;
    {
        const std::lock_guard lock(mutex_);
        answers.swap(answers_);
    }
    for (const Answer& answer : answers) {
        if (!answer.problem.empty()) log_warning(answer.problem);
        deliver_(answer.fetched);
    }
}

}  // namespace esplane::gateway
