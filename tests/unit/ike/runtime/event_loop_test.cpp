#include "ike/runtime/event_loop.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace esplane::ike {
namespace {

using namespace std::chrono_literals;

struct Pipe {
    Pipe() {
        std::array<int, 2> ends;
        REQUIRE(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
        out = dataplane::FileDescriptor(ends[0]);
        in = dataplane::FileDescriptor(ends[1]);
    }
    void put() const { REQUIRE(write(in.get(), "x", 1) == 1); }
    void take() const {
        char octet;
        REQUIRE(read(out.get(), &octet, 1) == 1);
    }
    dataplane::FileDescriptor out, in;
};

TEST_CASE("a watch is called while there is something to read") {
    const auto loop = EventLoop::open().value();
    const Pipe pipe;
    int calls = 0;
    const auto watch = loop->watch(pipe.out.get(), [&](EventLoop::Ready ready) {
        CHECK(ready.readable);
        ++calls;
    });
    pipe.put();
    loop->turn();
    loop->turn();
    CHECK(calls == 2);  // level-triggered
}

TEST_CASE("a watch that has ended is not called, not even in the turn of its end") {
    const auto loop = EventLoop::open().value();
    const Pipe first, second;
    std::array<EventLoop::Watch, 2> watches;
    int calls = 0;
    const auto end_both = [&](EventLoop::Ready) {
        ++calls;
        for (auto& watch : watches)
            watch.end();
    };
    watches[0] = loop->watch(first.out.get(), end_both);
    watches[1] = loop->watch(second.out.get(), end_both);
    first.put();
    second.put();
    loop->turn();
    CHECK(calls == 1);
}

TEST_CASE("interest can be changed") {
    const auto loop = EventLoop::open().value();
    const Pipe pipe;
    std::vector<bool> writable;
    auto watch = loop->watch(pipe.in.get(), [&](EventLoop::Ready ready) { writable.push_back(ready.writable); });
    watch.want({.read = false, .write = true});
    loop->turn();
    CHECK(writable == std::vector<bool>{true});
    watch.want({.read = false, .write = false});
    EventLoop::Timer wake(*loop, [] {});
    wake.set_after(0ms);
    loop->turn();
    CHECK(writable.size() == 1);
}

TEST_CASE("a hang-up is told whatever the interest") {
    const auto loop = EventLoop::open().value();
    Pipe pipe;
    bool hung_up = false;
    auto watch = loop->watch(pipe.out.get(), [&](EventLoop::Ready ready) { hung_up = ready.hung_up; });
    watch.want({.read = false, .write = false});
    pipe.in = dataplane::FileDescriptor();
    loop->turn();
    CHECK(hung_up);
}

TEST_CASE("timers fire once, in order, and not before their time") {
    const auto loop = EventLoop::open().value();
    std::vector<int> fired;
    const auto start = EventLoop::now();
    EventLoop::Timer late(*loop, [&] { fired.push_back(2); });
    EventLoop::Timer early(*loop, [&] { fired.push_back(1); });
    EventLoop::Timer never(*loop, [&] { fired.push_back(3); });
    late.set(start + 10ms);
    early.set(start + 5ms);
    never.set(start + 1ms);
    never.cancel();
    while (fired.size() < 2)
        loop->turn();
    CHECK(fired == std::vector<int>{1, 2});
    CHECK(EventLoop::now() >= start + 10ms);
}

TEST_CASE("a timer that is set again counts from there") {
    const auto loop = EventLoop::open().value();
    const auto start = EventLoop::now();
    int fired = 0;
    EventLoop::Timer timer(*loop, [&] { ++fired; });
    timer.set(start);
    timer.set(start + 5ms);
    while (fired == 0)
        loop->turn();
    CHECK(EventLoop::now() >= start + 5ms);
}

TEST_CASE("a timer that always sets itself into the past does not starve the rest") {
    const auto loop = EventLoop::open().value();
    const Pipe pipe;
    bool served = false;
    const auto watch = loop->watch(pipe.out.get(), [&](EventLoop::Ready) {
        served = true;
        pipe.take();
    });
    EventLoop::Timer greedy(*loop, [&] { greedy.set(EventLoop::TimePoint{}); });
    greedy.set(EventLoop::TimePoint{});
    loop->turn();
    pipe.put();
    loop->turn();
    CHECK(served);
}

TEST_CASE("handlers may end their own watch and timer") {
    const auto loop = EventLoop::open().value();
    const Pipe pipe;
    int calls = 0;
    std::optional<EventLoop::Watch> watch;
    watch.emplace(loop->watch(pipe.out.get(), [&, kept = std::make_shared<int>(7)](EventLoop::Ready) {
        watch.reset();
        calls += *kept;
    }));
    std::optional<EventLoop::Timer> timer;
    timer.emplace(*loop, [&, kept = std::make_shared<int>(7)] {
        timer.reset();
        calls += *kept;
    });
    pipe.put();
    timer->set_after(0ms);
    loop->turn();
    CHECK(calls == 14);
}

}  // namespace
}  // namespace esplane::ike
