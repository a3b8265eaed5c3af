#include "gateway/status_fetcher.h"

#include <catch2/catch.hpp>
#include <future>
#include <map>

namespace esplane::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Fetching {
    explicit Fetching(StatusFetcher::Ask ask, milliseconds patience = seconds(10))
        : fetcher(
              *loop, std::move(ask),
              [this](const ike::StatusFetched& fetched) {
                  CHECK(std::this_thread::get_id() == here);
                  CHECK(delivered.emplace(fetched.certificate, fetched.response).second);
              },
              patience) {}
    void ask(const std::string& certificate) { fetcher.ask({certificate, "http://example.org/", {}}); }
    void turn_until(std::size_t count) {
        while (delivered.size() < count)
            loop->turn();
    }

    std::thread::id here = std::this_thread::get_id();
    std::unique_ptr<ike::EventLoop> loop = ike::EventLoop::open().value();
    std::map<std::string, Bytes> delivered;
    StatusFetcher fetcher;
};

TEST_CASE("each question is answered once, on the loop's thread, whatever becomes of it") {
    Fetching fetching([](const ike::FetchStatus& question) -> Result<Bytes, std::string> {
        if (question.certificate == "bad") return Failure{std::string("OCSP responder x: it is not there")};
        return Bytes{static_cast<std::uint8_t>(question.certificate.size())};
    });
    for (const char* certificate : {"a", "bb", "bad", "cccc", "ddddd", "eeeeee"})
        fetching.ask(certificate);
    fetching.turn_until(6);
    CHECK(fetching.delivered["a"] == Bytes{1});
    CHECK(fetching.delivered["eeeeee"] == Bytes{6});
    CHECK(fetching.delivered["bad"].empty());
}

TEST_CASE("one that does not answer holds up no other") {
    std::promise<void> release;
    const auto released = release.get_future().share();
    Fetching fetching([&](const ike::FetchStatus& question) -> Result<Bytes, std::string> {
        if (question.certificate == "slow") released.wait();
        return Bytes{1};
    });
    fetching.ask("slow");
    fetching.ask("quick");
    fetching.turn_until(1);
    CHECK(fetching.delivered.contains("quick"));
    release.set_value();
    fetching.turn_until(2);
    CHECK(fetching.delivered["slow"] == Bytes{1});
}

TEST_CASE("what takes too long, or is more than fits, counts as if nothing could be had") {
    std::promise<void> release;
    const auto released = release.get_future().share();
    const bool too_many = GENERATE(false, true);
    const milliseconds patience = too_many ? milliseconds(seconds(3600)) : milliseconds(20);
    Fetching fetching(
        [&](const ike::FetchStatus&) -> Result<Bytes, std::string> {
            released.wait();
            return Bytes{1};
        },
        patience);
    // Four threads and their queue take 256 to 260.
    const std::size_t all = too_many ? 300 : 8;
    const std::size_t refused = too_many ? all - 260 : all;
    for (std::size_t number = 0; number < all; ++number)
        fetching.ask(std::to_string(number));
    fetching.turn_until(refused);
    for (const auto& [certificate, response] : fetching.delivered)
        CHECK(response.empty());
    // What comes later is delivered if nobody has been told yet, and no second time.
    release.set_value();
    fetching.turn_until(all);
    fetching.ask("last");
    fetching.turn_until(all + 1);
    if (too_many) CHECK(fetching.delivered["last"] == Bytes{1});
}

}  // namespace
}  // namespace esplane::gateway
