#include "dataplane/io/tun.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "dataplane/io/packet_io.h"
#include "tests/unit/dataplane/support/flows.h"
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

/// What the kernel writes for `payload` octets of one TCP flow, in segments of `size`.
Bytes super_packet(std::uint32_t sequence, std::size_t payload, std::uint16_t size) {
    const OffloadHeader offload{
        .flags = kOffloadNeedsChecksum, .gso_type = kGsoTcpIpv4, .gso_size = size, .csum_start = 20, .csum_offset = 16};
    Bytes written(sizeof offload);
    std::memcpy(written.data(), &offload, sizeof offload);
    append(written, test::build({.sequence = sequence, .payload = test::filler(payload)}));
    return written;
}

TEST_CASE("segments stay as they are until the burst is done, though it began in the middle of a super-packet") {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    const FileDescriptor device(ends[0]);
    const FileDescriptor kernel(ends[1]);
    Waiter waiter;
    TunIo tun(waiter);
    tun.attach(ClearPort{3}, device.get(), {});
    constexpr std::uint16_t kSize = 500;
    constexpr std::size_t kSegments = 50;
    std::uint32_t sequence = 7;
    std::size_t sent = 0;
    for (int i = 0; i < 8; ++i, sent += kSegments) {
        const Bytes written =
            super_packet(sequence + static_cast<std::uint32_t>(sent * kSize), kSegments * kSize, kSize);
        REQUIRE(send(kernel.get(), written.data(), written.size(), 0) == static_cast<ssize_t>(written.size()));
    }
    std::array<Received, kBurst> in;
    const Bytes payload = test::filler(kSegments * kSize);
    std::size_t taken = 0;
    for (std::size_t got; waiter.wait(0), (got = tun.rx(in)) > 0;) {
        for (const Received& segment : std::span<const Received>(in).first(got)) {
            Bytes whole(segment.octets.size());
            segment.copy_to(whole.data());
            const auto begin = payload.begin() + static_cast<std::ptrdiff_t>(taken % kSegments * kSize);
            const test::Segment expected{.id = static_cast<std::uint16_t>(taken % kSegments),
                                         .sequence = sequence + static_cast<std::uint32_t>(taken * kSize),
                                         .payload = Bytes(begin, begin + kSize)};
            REQUIRE(whole == test::build(expected));
            ++taken;
        }
    }
    CHECK(taken == sent);
}

}  // namespace
}  // namespace esplane::dataplane
