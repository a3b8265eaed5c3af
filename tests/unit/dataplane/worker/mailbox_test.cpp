#include "dataplane/worker/mailbox.h"

#include <poll.h>

#include <catch2/catch.hpp>

namespace esplane::dataplane {
namespace {

bool rings(const Bell& bell) {
    pollfd poll_on{bell.descriptor(), POLLIN, 0};
    return poll(&poll_on, 1, 0) == 1;
}

TEST_CASE("a bell rings until it is silenced, however often it was rung") {
    const Bell bell;
    CHECK_FALSE(rings(bell));
    bell.silence();
    bell.ring();
    bell.ring();
    CHECK(rings(bell));
    CHECK(rings(bell));
    bell.silence();
    CHECK_FALSE(rings(bell));
}

TEST_CASE("what is posted while the ring is full waits, and arrives in order") {
    Ring<int> ring(2);
    const Bell bell;
    Outbox<int> outbox(ring, bell);
    for (int i = 0; i < 5; ++i)
        outbox.post(i);
    CHECK(outbox.has_waiting());
    for (int expected = 0; expected < 5; ++expected) {
        outbox.deliver();
        CHECK(ring.pop() == expected);
    }
    CHECK_FALSE(outbox.has_waiting());
}

TEST_CASE("what is offered never overtakes what waits, and is refused when there is no room") {
    Ring<int> ring(2);
    const Bell bell;
    Outbox<int> outbox(ring, bell);
    CHECK(outbox.offer(1));
    CHECK(outbox.offer(2));
    CHECK_FALSE(outbox.offer(3));
    outbox.post(4);
    CHECK(ring.pop() == 1);
    CHECK_FALSE(outbox.offer(5));
    CHECK(ring.pop() == 2);
    outbox.deliver();
    CHECK(ring.pop() == 4);
    CHECK_FALSE(ring.pop());
}

TEST_CASE("delivering rings once for what is new, and not for nothing") {
    Ring<int> ring(8);
    const Bell bell;
    Outbox<int> outbox(ring, bell);
    outbox.deliver();
    CHECK_FALSE(rings(bell));
    outbox.post(1);
    CHECK(outbox.offer(2));
    outbox.deliver();
    CHECK(rings(bell));
    bell.silence();
    outbox.deliver();
    CHECK_FALSE(rings(bell));
}

}  // namespace
}  // namespace esplane::dataplane
