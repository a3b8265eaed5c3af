#include "dataplane/worker/ring.h"

#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <thread>

#include "crypto/random.h"

namespace esplane::dataplane {
namespace {

TEST_CASE("a ring is first in, first out, and bounded") {
    Ring<int> ring(4);
    CHECK_FALSE(ring.pop());
    for (int round = 0; round < 100; ++round) {
        for (int i = 0; i < 4; ++i)
            CHECK(ring.push(i));
        int fifth = 5;
        CHECK_FALSE(ring.push(fifth));
        for (int i = 0; i < 4; ++i)
            CHECK(ring.pop() == i);
        CHECK_FALSE(ring.pop());
    }
}

TEST_CASE("a capacity is rounded up to a power of two") {
    Ring<int> ring(5);
    int pushed = 0;
    for (int i = 0; ring.push(i); ++i)
        ++pushed;
    CHECK(pushed == 8);
}

TEST_CASE("what a full ring refuses stays with the caller") {
    Ring<std::unique_ptr<int>> ring(1);
    auto first = std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    REQUIRE(ring.push(first));
    CHECK(first == nullptr);
    CHECK_FALSE(ring.push(second));
    REQUIRE(second);
    CHECK(*second == 2);
}

TEST_CASE("a popped value is not kept alive by its cell, nor what is left lost at the end") {
    const auto shared = std::make_shared<int>(7);
    {
        Ring<std::shared_ptr<int>> ring(8);
        for (int i = 0; i < 3; ++i) {
            auto copy = shared;
            REQUIRE(ring.push(copy));
        }
        CHECK(shared.use_count() == 4);
        (void)ring.pop();
        CHECK(shared.use_count() == 3);
    }
    CHECK(shared.use_count() == 1);
}

TEST_CASE("random pushes and pops, against a deque") {
    crypto::SeededRandom random(0x21b6);
    Ring<std::uint64_t> ring(16);
    std::deque<std::uint64_t> model;
    for (std::uint64_t step = 0; step < 100'000; ++step) {
        if (random.below(2) == 0) {
            std::uint64_t value = step;
            const bool room = model.size() < 16;
            if (room) model.push_back(step);
            REQUIRE(ring.push(value) == room);
        } else {
            const auto popped = ring.pop();
            REQUIRE(popped.has_value() == !model.empty());
            if (!popped) continue;
            REQUIRE(*popped == model.front());
            model.pop_front();
        }
    }
}

TEST_CASE("two threads: everything arrives once, whole and in order") {
    constexpr std::uint64_t kCount = 200'000;
    struct Message {
        std::uint64_t number;
        std::unique_ptr<std::uint64_t> owned;
    };
    Ring<Message> ring(64);
    std::thread producer([&ring] {
        for (std::uint64_t i = 0; i < kCount; ++i) {
            Message message{i, std::make_unique<std::uint64_t>(~i)};
            while (!ring.push(message))
                std::this_thread::yield();
        }
    });
    std::uint64_t next = 0;
    bool right = true;
    while (next < kCount) {
        const auto message = ring.pop();
        if (!message) {
            std::this_thread::yield();
            continue;
        }
        right = right && message->number == next && *message->owned == ~next;
        ++next;
    }
    producer.join();
    CHECK(right);
    CHECK_FALSE(ring.pop());
}

}  // namespace
}  // namespace esplane::dataplane
