#include "dataplane/io/waiter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "dataplane/worker/bell.h"

namespace esplane::dataplane {
namespace {

constexpr int kLongMilliseconds = 10'000;

/// How long a wait took that could take kLongMilliseconds.
std::chrono::milliseconds wait(Waiter& waiter) {
    const auto before = std::chrono::steady_clock::now();
    waiter.wait(kLongMilliseconds);
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - before);
}

FileDescriptor loopback_socket(sockaddr_in& address) {
    FileDescriptor made(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t length = sizeof address;
    REQUIRE(getsockname(made.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    return made;
}

TEST_CASE("a waiter wakes for what is readable, and no more for what was removed") {
    Waiter waiter;
    const Bell bell;
    waiter.add(bell.descriptor());
    bell.ring();
    CHECK(wait(waiter).count() < kLongMilliseconds / 2);
    waiter.remove(bell.descriptor());
    waiter.wait(0);
    const Bell other;
    waiter.add(other.descriptor());
    other.ring();
    CHECK(wait(waiter).count() < kLongMilliseconds / 2);
}

TEST_CASE("a socket is still waited for after an ICMP error was reported on it") {
    sockaddr_in ours{};
    sockaddr_in nobody{};
    const FileDescriptor receiver = loopback_socket(ours);
    { const FileDescriptor closed_soon = loopback_socket(nobody); }
    REQUIRE(connect(receiver.get(), reinterpret_cast<sockaddr*>(&nobody), sizeof nobody) == 0);
    Waiter waiter;
    waiter.add(receiver.get());
    REQUIRE(send(receiver.get(), "x", 1, 0) == 1);  // answered by port unreachable
    CHECK(wait(waiter).count() < kLongMilliseconds / 2);
    waiter.wait(0);

    sockaddr_in unconnected{};
    unconnected.sin_family = AF_UNSPEC;
    REQUIRE(connect(receiver.get(), reinterpret_cast<sockaddr*>(&unconnected), sizeof unconnected) == 0);
    ours.sin_port = 0;
    const FileDescriptor again = loopback_socket(nobody);
    REQUIRE(bind(receiver.get(), reinterpret_cast<sockaddr*>(&ours), sizeof ours) == 0);
    socklen_t length = sizeof ours;
    REQUIRE(getsockname(receiver.get(), reinterpret_cast<sockaddr*>(&ours), &length) == 0);
    REQUIRE(sendto(again.get(), "y", 1, 0, reinterpret_cast<sockaddr*>(&ours), sizeof ours) == 1);
    CHECK(wait(waiter).count() < kLongMilliseconds / 2);
}

}  // namespace
}  // namespace esplane::dataplane
