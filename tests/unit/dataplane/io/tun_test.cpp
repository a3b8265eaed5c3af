#include "dataplane/io/tun.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "dataplane/io/packet_io.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

static_assert(ClearIo<TunIo>);

TEST_CASE("what a device gives without a packet in it is handed out empty, and what comes behind it as well") {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    const FileDescriptor device(ends[0]);
    const FileDescriptor kernel(ends[1]);
    Waiter waiter;
    TunIo tun(waiter);
    tun.attach(ClearPort{3}, device.get(), {});
    Bytes whole(sizeof(OffloadHeader), 0);
    append(whole, test::ipv4(test::address("10.0.0.1"), test::address("10.0.0.2"), 17, test::filler(30)));
    for (const std::size_t length : {std::size_t{3}, sizeof(OffloadHeader), whole.size()})
        REQUIRE(send(kernel.get(), whole.data(), length, 0) == static_cast<ssize_t>(length));
    std::array<Received, kBurst> in;
    waiter.wait(0);
    REQUIRE(tun.rx(in) == 3);
    CHECK(in[0].octets.empty());
    CHECK(in[1].octets.empty());
    CHECK(in[2].octets.size() == whole.size() - sizeof(OffloadHeader));
    for (const Received& one : std::span(in).first(3))
        CHECK(one.port == ClearPort{3});
    CHECK(tun.rx(in) == 0);
}

}  // namespace
}  // namespace esplane::dataplane
